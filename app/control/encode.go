package control

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"perch/bridge"
)

// firstYear and lastYear bound the times that JSON can hold (RFC 3339).
const firstYear, lastYear = 0, 9999

// encode makes JSON of a value. When it cannot be done as a whole, it is done without what cannot be shown.
func (s *Server) encode(body any) ([]byte, error) {
	data, err := json.Marshal(body)
	if err == nil {
		return data, nil
	}
	list := reflect.ValueOf(body)
	if list.Kind() != reflect.Slice {
		return s.encodeRest(body, err)
	}
	all := bytes.NewBufferString("[")
	for i := range list.Len() {
		one, err := json.Marshal(list.Index(i).Interface())
		if err != nil {
			one, err = s.encodeRest(list.Index(i).Interface(), err)
		}
		if err != nil { // one does not hide the others
			s.log.Error("element cannot be shown", "of", describe(list.Index(i).Interface()), "error", err)
			continue
		}
		if all.Len() > 1 {
			all.WriteByte(',')
		}
		all.Write(one)
	}
	all.WriteByte(']')
	return all.Bytes(), nil
}

// encodeRest makes JSON of a value without what JSON cannot hold; why is what it said of the whole.
func (s *Server) encodeRest(body any, why error) ([]byte, error) {
	rest := copyShown(reflect.ValueOf(body)).Interface()
	switch m := rest.(type) {
	case Message:
		rest = m.shownInPart(why)
	case Detail:
		m.Message = m.shownInPart(why)
		if _, err := json.Marshal(m.Content); err != nil {
			m.Content = nil
		}
		rest = m
	}
	s.log.Warn("answer is shown in part", "of", describe(rest), "error", why)
	return json.Marshal(rest)
}

func describe(v any) string {
	switch m := v.(type) {
	case Message:
		return fmt.Sprint("message ", m.ID)
	case Detail:
		return fmt.Sprint("message ", m.ID)
	case Limit:
		return "limit " + m.Endpoint
	}
	return fmt.Sprintf("%T", v)
}

// shownInPart says in the message itself that something of it is missing, unless there is a failure to tell of.
func (m Message) shownInPart(why error) Message {
	if m.Error == nil {
		m.Error = &Failure{
			Kind: string(bridge.Unreadable), Message: "a part of this message cannot be shown (" + why.Error() + ") and is left out here",
			Remedy: "nothing to do: the message itself is whole",
		}
	}
	return m
}

// copyShown copies a value without the times that JSON cannot hold: they become zero, or nil where they may be.
func copyShown(v reflect.Value) reflect.Value {
	if !v.IsValid() {
		return v
	}
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	if at, ok := v.Interface().(time.Time); ok {
		if year := at.Year(); year < firstYear || year > lastYear {
			out.SetZero()
		}
		return out
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(copyShown(v.Field(i)))
			}
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				out.Index(i).Set(copyShown(v.Index(i)))
			}
		}
	case reflect.Pointer, reflect.Interface:
		out.Set(copyTarget(v))
	default:
	}
	return out
}

// copyTarget copies what a pointer or an interface leads to. A pointer to a time that cannot be shown becomes nil.
func copyTarget(v reflect.Value) reflect.Value {
	if v.IsNil() {
		return v
	}
	target := copyShown(v.Elem())
	if v.Kind() == reflect.Interface {
		return target
	}
	if at, ok := target.Interface().(time.Time); ok && at.IsZero() {
		return reflect.Zero(v.Type())
	}
	out := reflect.New(target.Type())
	out.Elem().Set(target)
	return out
}
