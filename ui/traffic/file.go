package traffic

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

// file is a file of a message.
type file struct {
	// N is its number in the message, from 0.
	N int
	// Name is never empty; About is its type and size.
	Name, About string
	// IsPicture says that it is worth to be shown as a picture.
	IsPicture bool
}

func files(m control.Message, t *translation.Texts) []file {
	var list []file
	for n, f := range m.Media {
		one := file{N: n, Name: f.Name, About: f.Type, IsPicture: slices.Contains(pictureTypes, f.Type)}
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
