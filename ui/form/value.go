package form

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"perch/app/config"
	"perch/app/control"
)

// Get returns a value of a configuration as text; "" for a path that there is not. Lists have a value a line.
func Get(c *control.Config, path string) string {
	v := at(reflect.ValueOf(c).Elem(), path)
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Int:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Slice:
		if list, ok := v.Interface().([]string); ok {
			return strings.Join(list, "\n")
		}
	}
	return ""
}

// Set changes a value of a configuration. What is no number counts as 0, which the relay's own check then refuses.
func Set(c *control.Config, path, value string) {
	v := at(reflect.ValueOf(c).Elem(), path)
	switch v.Kind() {
	case reflect.String:
		v.SetString(strings.TrimSpace(value))
	case reflect.Bool:
		v.SetBool(value == "true")
	case reflect.Int:
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil {
			n = 0
		}
		v.SetInt(int64(n))
	case reflect.Slice:
		if _, ok := v.Interface().([]string); ok {
			v.Set(reflect.ValueOf(strings.Fields(value)))
		}
	}
}

// at finds the field whose JSON names make the path; the zero Value when there is none.
func at(v reflect.Value, path string) reflect.Value {
	for name := range strings.SplitSeq(path, ".") {
		switch v.Kind() {
		case reflect.Slice:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= v.Len() {
				return reflect.Value{}
			}
			v = v.Index(i)
		case reflect.Struct:
			v = member(v, name)
		default:
			return reflect.Value{}
		}
	}
	return v
}

func member(v reflect.Value, name string) reflect.Value {
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("json") == name {
			return v.Field(i)
		}
	}
	return reflect.Value{}
}

// Paths lists the paths of all values of a configuration with one channel and one alert.
func Paths() []string {
	c := control.Config{Channels: []control.ChannelConfig{{}}, Alerts: []control.AlertConfig{{}}}
	return paths(reflect.ValueOf(c), "")
}

func paths(v reflect.Value, path string) []string {
	if path != "" {
		path += "."
	}
	var list []string
	for i := range v.NumField() {
		name, field := path+v.Type().Field(i).Tag.Get("json"), v.Field(i)
		switch {
		case field.Kind() == reflect.Struct:
			list = append(list, paths(field, name)...)
		case field.Kind() == reflect.Slice && field.Type().Elem().Kind() == reflect.Struct:
			for n := range min(field.Len(), 1) {
				list = append(list, paths(field.Index(n), name+".0")...)
			}
		default:
			list = append(list, name)
		}
	}
	return list
}

// Clone is a copy that shares nothing with c.
func Clone(c control.Config) control.Config {
	c.Alerts = append([]control.AlertConfig{}, c.Alerts...)
	for i := range c.Alerts {
		c.Alerts[i].To = append([]string{}, c.Alerts[i].To...)
	}
	c.Channels = append([]control.ChannelConfig{}, c.Channels...)
	for i := range c.Channels {
		c.Channels[i].X.MediaHosts = append([]string{}, c.Channels[i].X.MediaHosts...)
	}
	return c
}

// NewAlert is an alert with what holds where nothing is said, and the first name that is free.
func NewAlert(have []control.AlertConfig) control.AlertConfig {
	name := "ops"
	for n := 2; slices.ContainsFunc(have, func(a control.AlertConfig) bool { return a.Name == name }); n++ {
		name = "ops-" + strconv.Itoa(n)
	}
	return control.AlertConfig(config.DefaultAlert(name))
}

// NewChannel is a channel with what holds where nothing is said.
func NewChannel(name string) control.ChannelConfig {
	c := config.DefaultChannel(name)
	return control.ChannelConfig{Name: c.Name, X: control.XConfig(c.X), Motion: control.MotionConfig(c.Motion)}
}
