package page

import (
	"path"
	"slices"
	"strings"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/translation"
)

// pictureTypes are the types, and pictureEndings the names where no type is known yet, of what can be shown.
var (
	pictureTypes   = []string{"photo", "image/png", "image/jpeg", "image/gif"}
	pictureEndings = []string{".png", ".jpg", ".jpeg", ".gif"}
)

// unknownType is that of an agent's file that was not fetched yet.
const unknownType = "file"

func files(m control.Message, t *translation.Texts) []File {
	var list []File
	for n, f := range m.Media {
		one := File{N: n, Name: f.Name, About: f.Type, IsPicture: slices.Contains(pictureTypes, f.Type)}
		if f.Type == unknownType || f.Type == "" {
			one.About = t.T("window.file.unknown")
			one.IsPicture = slices.Contains(pictureEndings, strings.ToLower(path.Ext(f.Name)))
		}
		if one.Name == "" {
			one.Name = t.T("window.file.unnamed", n+1)
		}
		if f.Bytes > 0 {
			one.About += " · " + format.Bytes(f.Bytes)
		}
		list = append(list, one)
	}
	return list
}

func cameIn(d control.Detail, t *translation.Texts) Side {
	s := Side{Title: t.T("window.detail.came." + d.Direction)}
	switch {
	case d.CameIn != nil:
		s.JSON, s.Note = d.CameIn.Text, cut(*d.CameIn, t)
	case d.Content != nil:
		s.JSON, s.Note = pretty(d.Content), t.T("window.detail.understood")
	case d.Kind == "note":
		s.Note = t.T("window.detail.written")
	default:
		s.Note = t.T("window.detail.gone")
	}
	return s
}

func goesOut(d control.Detail, t *translation.Texts) Side {
	s := Side{Title: t.T("window.detail.goes." + d.Direction)}
	if len(d.GoesOut) == 0 {
		s.Note = t.T("window.detail.nothing")
		return s
	}
	var calls []string
	for _, c := range d.GoesOut {
		calls = append(calls, c.Call+"\n"+c.Text)
		if note := cut(c, t); note != "" {
			s.Note = note
		}
	}
	s.JSON = strings.Join(calls, "\n\n")
	return s
}

func cut(d control.Document, t *translation.Texts) string {
	if !d.Cut {
		return ""
	}
	return t.T("window.detail.cut", format.Bytes(int64(d.Bytes)))
}
