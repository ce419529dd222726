package traffic

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"

	"perch/app/control"
	"perch/app/export"
)

// maxGiven is how large a file is at most that is handed to a browser, which takes it as a whole, in bytes.
const maxGiven = 64 << 20

// form is a form of a file, and its name in the texts.
type form struct {
	name      string
	format    export.Format
	separator rune
}

func (f form) fileName(stem string) string { return stem + "." + string(f.format) }

// forms are those to choose from, the first one first: spreadsheet programs of Italy part cells by semicolons.
func forms(lang string) []form {
	comma, semicolon := form{"csv", export.CSV, ','}, form{"semicolon", export.CSV, ';'}
	if lang == "it" {
		comma, semicolon = semicolon, comma
	}
	return []form{comma, semicolon, {"jsonl", export.JSONL, 0}, {"har", export.HAR, 0}}
}

func names(all []form) (list []string) {
	for _, f := range all {
		list = append(list, f.name)
	}
	return list
}

// formOf is the form with a name; the first for none.
func formOf(all []form, name string) form {
	for _, f := range all {
		if f.name == name {
			return f
		}
	}
	return all[0]
}

// result is what came of an export.
type result struct {
	messages int
	where    string
}

// write writes the file, into a folder or into a person's hands.
func (e *exporter) write(ctx context.Context, w wish) (done result, err error) {
	o := export.Options{Query: w.query, Format: w.form.format, Separator: w.form.separator, Progress: e.tell()}
	write := func(to io.Writer) (err error) {
		done.messages, err = export.Write(ctx, to, e.win.Exact, o)
		return err
	}
	if !e.win.NamesFiles {
		var all bounded
		if err = write(&all); err == nil {
			done.where, err = e.win.Save(filepath.Base(w.path), all.Bytes())
		}
		return done, err
	}
	done.where = w.path
	_ = os.MkdirAll(filepath.Dir(w.path), 0o700) // without it the file cannot be written, which is said
	_, err = export.File(ctx, "export", w.path, false, write)
	return done, err
}

// bounded holds as much as a browser is handed.
type bounded struct{ bytes.Buffer }

// Write implements io.Writer.
func (b *bounded) Write(data []byte) (int, error) {
	if b.Len()+len(data) > maxGiven {
		return 0, control.Said("this is more than a browser takes as one file; narrow the filter, or type on the relay's computer: perch export FILE")
	}
	return b.Buffer.Write(data)
}
