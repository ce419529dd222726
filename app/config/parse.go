package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"

	toml "github.com/pelletier/go-toml/v2"

	"perch/bridge/sharing"
)

// maxFile is the largest perch.toml that is read, in bytes.
const maxFile = 256 << 10

// Load reads the file at path. A file that is not there is an Operator error that wraps fs.ErrNotExist.
func Load(path string) (*Config, error) { return valid(LoadDraft(path)) }

// LoadDraft is Load for who mends the file: where it can be read but is not valid, the configuration comes with the error.
func LoadDraft(path string) (*Config, error) {
	f, err := sharing.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, failed(opRead, "there is no configuration at "+path+" yet",
			"write one with: perch init (to look around first: perch demo)", err)
	}
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer func() { _ = f.Close() }() // only read
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, unreadable(path, err)
	}
	return parse(data, path)
}

// valid drops a configuration that came with an error.
func valid(c *Config, err error) (*Config, error) {
	if err != nil {
		return nil, err
	}
	return c, nil
}

func unreadable(path string, cause error) error {
	return failed(opRead, path+" cannot be read", "let the account that runs Perch read this file", cause)
}

// Parse reads the content of a perch.toml; name stands for the file in errors.
func Parse(data []byte, name string) (*Config, error) { return valid(parse(data, name)) }

// parse returns the configuration also where all that is wrong with it is what it says.
func parse(data []byte, name string) (*Config, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // Windows' editors put it there
	switch {
	case len(data) > maxFile:
		return nil, failed(opRead, fmt.Sprintf("%s is larger than %d bytes", name, maxFile), "check that it is the right file", nil)
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return nil, failed(opRead, name+" is saved as UTF-16", "save it as UTF-8 in your editor", nil)
	}
	s := scan(data)
	if len(s.problems) > 0 {
		return nil, report(name, s.problems)
	}
	c, problems := decode(data, s)
	if len(problems) > 0 {
		return nil, report(name, problems)
	}
	if problems := check(c, s.lines); len(problems) > 0 {
		return c, report(name, problems)
	}
	return c, nil
}

// decode fills a Config; scan has found most of what can be wrong, and with better words.
func decode(data []byte, s *scanner) (*Config, []problem) {
	c := Default()
	if err := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().EnableUnmarshalerInterface().Decode(c); err != nil {
		return nil, []problem{syntax(data, err)}
	}
	for i := range c.Channels {
		fill(&c.Channels[i], func(key string) bool { return s.lines[fmt.Sprintf("channel.%d.%s", i, key)] > 0 })
	}
	for i := range c.Alerts {
		standard := DefaultAlert(c.Alerts[i].Name)
		fillTable(reflect.ValueOf(&c.Alerts[i]).Elem(), reflect.ValueOf(standard), "", func(key string) bool { return s.lines[fmt.Sprintf("alert.%d.%s", i, key)] > 0 })
	}
	return c, nil
}

// fill puts the defaults where the file says nothing.
func fill(c *Channel, isSet func(key string) bool) {
	standard := DefaultChannel(c.Name)
	fillTable(reflect.ValueOf(c).Elem(), reflect.ValueOf(standard), "", isSet)
}

// fillTable does so for a table and those below it; path is where it stands, with a dot at its end.
func fillTable(table, standard reflect.Value, path string, isSet func(key string) bool) {
	for i := range table.NumField() {
		key := path + table.Type().Field(i).Tag.Get("toml")
		switch field := table.Field(i); {
		case field.Kind() == reflect.Struct:
			fillTable(field, standard.Field(i), key+".", isSet)
		case !isSet(key):
			field.Set(standard.Field(i))
		}
	}
}
