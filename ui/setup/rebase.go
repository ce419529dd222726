package setup

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"perch/app/control"
	"perch/ui/form"
)

// rebase lays what was answered over what is set now: fields in which answers differ from began are taken, all others are
// those of now. Channels are told apart by their names; one that now does not have is added.
func rebase(began, answers, now control.Config) control.Config {
	out, _ := merge(began, answers, now, false)
	return out
}

// merge is rebase, and names the fields that were answered in one way here and set in another way there since. In those
// the answers hold, or what is set now when theirs is true. A channel that is gone from now is such a field.
func merge(began, answers, now control.Config, theirs bool) (out control.Config, clashes []string) {
	m := merger{theirs: theirs}
	out = form.Clone(now)
	m.fields("", reflect.ValueOf(began), reflect.ValueOf(answers), reflect.ValueOf(&out).Elem())
	for i, mine := range answers.Channels {
		path, at := "channel."+strconv.Itoa(i)+".", channelAt(out.Channels, mine.Name)
		var before control.ChannelConfig
		was := channelAt(began.Channels, mine.Name)
		if was >= 0 {
			before = began.Channels[was]
		}
		switch {
		case at >= 0:
			m.fields(path, reflect.ValueOf(before), reflect.ValueOf(mine), reflect.ValueOf(&out.Channels[at]).Elem())
		case was >= 0 && len(now.Channels) > 0: // it was taken away, or has another name now
			if m.clashes = append(m.clashes, path+"name"); !theirs {
				out.Channels = append(out.Channels, mine)
			}
		default:
			out.Channels = append(out.Channels, mine)
		}
	}
	return out, m.clashes
}

func channelAt(channels []control.ChannelConfig, name string) int {
	return slices.IndexFunc(channels, func(c control.ChannelConfig) bool { return c.Name == name })
}

type merger struct {
	theirs  bool
	clashes []string
}

// fields goes through the fields of a table; the list of channels is the caller's.
func (m *merger) fields(path string, began, answers, into reflect.Value) {
	for i := range answers.NumField() {
		field := answers.Field(i)
		name, _, _ := strings.Cut(answers.Type().Field(i).Tag.Get("json"), ",")
		switch {
		case field.Type() == reflect.TypeFor[[]control.ChannelConfig](), isSame(began.Field(i), field):
			continue
		case field.Kind() == reflect.Struct:
			m.fields(path+name+".", began.Field(i), field, into.Field(i))
			continue
		case !isSame(began.Field(i), into.Field(i)) && !isSame(field, into.Field(i)):
			if m.clashes = append(m.clashes, path+name); m.theirs {
				continue
			}
		}
		into.Field(i).Set(field)
	}
}

func isSame(a, b reflect.Value) bool { return reflect.DeepEqual(a.Interface(), b.Interface()) }
