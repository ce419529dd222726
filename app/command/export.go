package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"perch/app/control"
	"perch/app/export"
)

const (
	opExport = "export"
	// toOutput is the name that stands for standard output.
	toOutput = "-"
	// progressEvery is how often a terminal is told how far an export is.
	progressEvery = 200 * time.Millisecond
)

// exporting is what a person wants of an export.
type exporting struct {
	query             control.Query
	format, separator string
	isForced          bool
}

func (p *program) exportCommand() *cobra.Command {
	o := exporting{query: control.Query{Limit: 1}}
	var when span
	cmd := p.withJSON(&cobra.Command{
		Use: "export FILE", Short: "Write messages into a file: a table (csv), JSON lines (jsonl), or the calls of both sides (har)", Args: usage(cobra.ExactArgs(1)),
		Long: "Writes all messages that the filters select, oldest first; - is standard output. The end of the name says the form: messages.csv for\n" +
			"spreadsheet programs, messages.jsonl for other programs, messages.har for what looks at calls. The file gets its name when it is whole.\n" +
			"It holds what customers wrote and no secret: keep it where only you can read it.",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if o.query.Since, o.query.Until, err = when.read(opExport); err != nil {
				return err
			}
			return p.export(cmd.Context(), args[0], o)
		},
	})
	f := cmd.Flags()
	filterFlags(cmd, &o.query)
	when.add(cmd)
	f.StringVar(&o.format, "format", "", "csv, jsonl or har; without it the end of the file's name says")
	f.StringVar(&o.separator, "separator", ",", `what parts the cells of a table: "," or ";" (as spreadsheet programs in Italian want it), or "tab"`)
	f.BoolVar(&o.isForced, "force", false, "replace a file that is there already")
	return cmd
}

// options checks what was typed.
func (o exporting) options(path string) (export.Options, error) {
	out := export.Options{Format: export.Format(o.format)}
	if o.format == "" {
		out.Format = export.FormatOf(path)
	}
	switch out.Format {
	case export.CSV, export.JSONL, export.HAR:
	default:
		return out, usageError{errors.New("export: say the form with --format csv, jsonl or har, or end the file's name so")} //nolint:err113 // shown, never compared
	}
	switch o.separator {
	case ",", ";":
		out.Separator, _ = utf8.DecodeRuneInString(o.separator)
	case "tab", "\t":
		out.Separator = '\t'
	default:
		return out, usageError{fmt.Errorf("export: --separator %s is not one of , ; tab", o.separator)} //nolint:err113 // shown, never compared
	}
	err := checkQuery(opExport, &o.query)
	out.Query = o.query
	return out, err
}

// exportedJSON is what was exported.
type exportedJSON struct {
	Path     string `json:"path"`
	Format   string `json:"format"`
	Messages int    `json:"messages"`
	Bytes    int64  `json:"bytes"`
}

func (p *program) export(ctx context.Context, path string, o exporting) error {
	options, err := o.options(path)
	if err != nil {
		return err
	}
	relay, err := p.reader()
	if err != nil {
		return err
	}
	defer relay.Close()
	wipe := p.showProgress(&options)
	done := exportedJSON{Path: path, Format: string(options.Format)}
	write := func(w io.Writer) (err error) {
		done.Messages, err = export.Write(ctx, w, relay, options)
		return err
	}
	if path == toOutput {
		err = write(p.Out)
		wipe()
		if err == nil {
			p.noteStopped(relay)
		}
		return err
	}
	saved, err := export.File(ctx, opExport, path, o.isForced, write)
	wipe()
	if err != nil {
		return err
	}
	p.noteStopped(relay)
	done.Bytes = saved.Bytes
	if p.json {
		return p.JSON(done)
	}
	p.Print("%s in %s (%s). It holds what customers wrote: keep it where only you can read it.\n", messagesText(done.Messages), path, sizeText(done.Bytes))
	return nil
}

// showProgress says on a terminal how far an export is; wipe takes the line away.
func (p *program) showProgress(o *export.Options) (wipe func()) {
	if !isTerminal(p.Err) {
		return func() {}
	}
	last, isShown := time.Now(), false
	o.Progress = func(now export.Progress) {
		if time.Since(last) < progressEvery {
			return
		}
		last, isShown = time.Now(), true
		p.steer("\r\x1b[K%s %3.0f %%  %d messages", bar(now.Part), now.Part*100, now.Messages)
	}
	return func() {
		if isShown {
			p.steer("\r\x1b[K")
		}
	}
}

// steer writes to the terminal what Say would show instead of obey. Nothing of it comes from outside.
func (p *program) steer(format string, args ...any) { _, _ = fmt.Fprintf(p.Err, format, args...) }

// barWidth is how many characters a bar takes.
const barWidth = 30

func bar(part float64) string {
	full := min(max(int(part*barWidth), 0), barWidth)
	all := make([]byte, 0, barWidth+2)
	all = append(all, '[')
	for i := range barWidth {
		if i < full {
			all = append(all, '#')
		} else {
			all = append(all, '.')
		}
	}
	return string(append(all, ']'))
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func messagesText(n int) string {
	if n == 1 {
		return "1 message is"
	}
	return fmt.Sprintf("%d messages are", n)
}
