// Package support makes the file that is given to whoever helps: how Perch is, its settings, log, versions and counts.
//
// It guarantees that no secret is in it, and without WithMessages no text, handle or id of a customer (package hide says how);
// that a part which cannot be had is replaced by the reason in words, so that the file is made of whatever state Perch is in;
// and that nothing is changed by it, but by what the doctor does (it takes up a journal that a crash has left).
package support

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/app/doctor"
	"perch/app/support/hide"
	"perch/bridge"
)

// Options are what a file is made of. All but WithMessages, Values and Log are needed. The functions are called once each.
type Options struct {
	Home config.Home
	// Log is the path of the log; "" for that of Home.
	Log    string
	Status func(context.Context) (control.Status, error)
	Doctor func(context.Context) ([]doctor.Finding, error)
	// Secrets tells which of the secrets that the settings can use have a value.
	Secrets  func(context.Context) (map[string]bool, error)
	Messages func(context.Context, control.Query) ([]control.Message, error)
	// Values are the secrets whose values are known: they are looked for in all that goes into the file.
	Values []string
	// Person is the folder of the person, shown as ~.
	Person string
	// WithMessages adds the last messages with their texts.
	WithMessages bool
	Now          time.Time
}

// Report says what went into a file.
type Report struct {
	// Parts are the names of those that are in it.
	Parts []string `json:"parts"`
	// Missing are those that could not be had, with the reason.
	Missing []Missing `json:"missing"`
}

// Missing is a part that could not be had.
type Missing struct {
	Part string `json:"part"`
	Why  string `json:"why"`
}

// part is a part of the file. write gets all that is in it; what it writes is hidden already.
type part struct {
	name, about string
	patience    time.Duration
	write       func(ctx context.Context, w io.Writer) error
}

// maker makes one file.
type maker struct {
	Options
	hider  *hide.Hider
	status control.Status
	err    error // why there is no status
	report Report
}

// Write writes a file to w.
func Write(ctx context.Context, w io.Writer, o Options) (Report, error) {
	m := &maker{Options: o}
	m.ask(ctx)
	out := zip.NewWriter(w)
	parts := m.parts()
	for _, p := range parts {
		if err := m.add(ctx, out, p); err != nil {
			return m.report, err
		}
	}
	readme, err := m.create(out, "README.txt")
	if err == nil {
		_, err = io.WriteString(readme, m.readme(parts))
	}
	if err == nil {
		err = out.Close()
	}
	return m.report, err
}

// ask gets what tells whose handles are the brand's.
func (m *maker) ask(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, statusPatience)
	defer cancel()
	m.status, m.err = m.Status(ctx)
	var own []string
	for _, c := range m.status.Channels {
		if c.Account != "" {
			own = append(own, c.Account)
		}
	}
	m.hider = hide.New(append(m.Values, m.replyTokens(ctx)...), own, m.Person)
	m.know(ctx)
}

// known is how many of the last messages are looked for, besides what looks like one: the log is of about that time.
const known = 2000

// know tells what customers wrote, and who they are, as far as that can be had.
func (m *maker) know(ctx context.Context) {
	list, err := m.Messages(ctx, control.Query{Limit: known})
	if err != nil {
		return // what is quoted, and what has the look of a handle or an id, is left out all the same
	}
	var texts, people []string
	for _, one := range list {
		texts, people = append(texts, one.Text), append(people, one.From, one.To, one.XID, one.ThreadID)
	}
	spared := []string{"perch", "motion", "error", "level", "info", "warn", "debug", "time", "true", "false"}
	for _, c := range m.status.Channels {
		spared = append(spared, strings.ToLower(c.Name))
	}
	m.hider.Know(texts, people, spared)
}

func (m *maker) create(out *zip.Writer, name string) (io.Writer, error) {
	return out.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: m.Now})
}

// add writes a part, or why it cannot be had.
func (m *maker) add(ctx context.Context, out *zip.Writer, p part) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w, err := m.create(out, p.name)
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	counted := &counter{w: w}
	err = p.write(limited, counted)
	switch {
	case counted.err != nil:
		return counted.err // the file itself cannot be written
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		why := m.hider.Strict(reason(err))
		m.report.Missing = append(m.report.Missing, Missing{p.name, why})
		_, err = fmt.Fprintf(w, "This cannot be had: %s\n", why)
	default:
		m.report.Parts = append(m.report.Parts, p.name)
	}
	return err
}

// counter remembers that what is below it failed.
type counter struct {
	w   io.Writer
	err error
}

// Write implements io.Writer.
func (c *counter) Write(data []byte) (int, error) {
	n, err := c.w.Write(data)
	if err != nil {
		c.err = err
	}
	return n, err
}

// reason is an error in words: why, and what to do.
func reason(err error) string {
	var e *bridge.Error
	text := err.Error()
	switch {
	case errors.As(err, &e):
		text = bridge.FailureOf(e).Sentence()
		if e.Err != nil {
			text += " (" + e.Err.Error() + ")"
		}
	case errors.Is(err, fs.ErrNotExist):
		text = "There is no such file: " + text
	case errors.Is(err, fs.ErrPermission):
		text = "This account may not read it: " + text
	case errors.Is(err, context.DeadlineExceeded):
		text = "It took too long"
	}
	return strings.Join(strings.Fields(text), " ")
}
