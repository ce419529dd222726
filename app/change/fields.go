package change

import (
	"reflect"
	"slices"
	"strconv"

	"perch/app/config"
)

func channelAt(c *config.Config, name string) int {
	return slices.IndexFunc(c.Channels, func(ch config.Channel) bool { return ch.Name == name })
}

// differences lists the fields of b that have another value in a, by their names in the JSON of control.Config. Channels
// are compared by their names; "channel" stands for others than a has, or in another order.
func differences(a, b *config.Config) []string {
	var list []string
	compare(&list, "", reflect.ValueOf(*a), reflect.ValueOf(*b))
	if !slices.EqualFunc(a.Channels, b.Channels, func(x, y config.Channel) bool { return x.Name == y.Name }) {
		list = append(list, "channel")
	}
	for i, ch := range b.Channels {
		if at := channelAt(a, ch.Name); at >= 0 {
			compare(&list, "channel."+strconv.Itoa(i)+".", reflect.ValueOf(a.Channels[at]), reflect.ValueOf(ch))
		}
	}
	return list
}

// compare adds the fields in which two tables differ; the channels are the caller's.
func compare(list *[]string, path string, a, b reflect.Value) {
	for i := range a.NumField() {
		field := a.Type().Field(i)
		name := path + field.Tag.Get("toml")
		switch {
		case field.Type == reflect.TypeFor[[]config.Channel]():
		case field.Type.Kind() == reflect.Struct:
			compare(list, name+".", a.Field(i), b.Field(i))
		case !isSame(a.Field(i), b.Field(i)):
			*list = append(*list, name)
		}
	}
}

// isSame takes a list without elements for one that is not there.
func isSame(a, b reflect.Value) bool {
	if a.Kind() == reflect.Slice && a.Len() == 0 && b.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}
