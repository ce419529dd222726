package setup

import (
	"reflect"
	"slices"

	"perch/app/control"
	"perch/ui/form"
)

// rebase lays what was answered over what is set now: fields in which answers differ from began are taken, all others are
// those of now. Channels are told apart by their names; one that now does not have is added.
func rebase(began, answers, now control.Config) control.Config {
	out := form.Clone(now)
	rebaseFields(reflect.ValueOf(began), reflect.ValueOf(answers), reflect.ValueOf(&out).Elem())
	for _, mine := range answers.Channels {
		at := channelAt(out.Channels, mine.Name)
		if at < 0 {
			out.Channels = append(out.Channels, mine)
			continue
		}
		var before control.ChannelConfig
		if i := channelAt(began.Channels, mine.Name); i >= 0 {
			before = began.Channels[i]
		}
		rebaseFields(reflect.ValueOf(before), reflect.ValueOf(mine), reflect.ValueOf(&out.Channels[at]).Elem())
	}
	return out
}

func channelAt(channels []control.ChannelConfig, name string) int {
	return slices.IndexFunc(channels, func(c control.ChannelConfig) bool { return c.Name == name })
}

// rebaseFields goes through the fields of a table; the list of channels is the caller's.
func rebaseFields(began, answers, into reflect.Value) {
	for i := range answers.NumField() {
		field := answers.Field(i)
		switch {
		case field.Type() == reflect.TypeFor[[]control.ChannelConfig]():
		case field.Kind() == reflect.Struct:
			rebaseFields(began.Field(i), field, into.Field(i))
		case !reflect.DeepEqual(began.Field(i).Interface(), field.Interface()):
			into.Field(i).Set(field)
		}
	}
}
