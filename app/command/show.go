package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"perch/app/control"
	"perch/app/kept"
	"perch/app/terminal"
	"perch/bridge/visible"
)

func (p *program) showCommand() *cobra.Command {
	var folder string
	var isCurl bool
	cmd := &cobra.Command{
		Use: "show ID", Short: "Show one message with its history and both sides of it", Args: usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			relay, id, err := p.target(args)
			if err != nil {
				return err
			}
			detail, err := relay.Message(cmd.Context(), id)
			if err != nil {
				return err
			}
			p.noteStopped(relay)
			if cmd.Flags().Changed("save") {
				return p.showAndSave(cmd.Context(), relay, detail, folder)
			}
			if isCurl {
				return p.showCurl(detail)
			}
			if p.json {
				return p.JSON(detail)
			}
			p.showDetail(detail)
			return nil
		},
	}
	cmd.Flags().BoolVar(&isCurl, "curl", false, "print the calls that carry the message on as commands of curl, without secrets")
	cmd.Flags().StringVar(&folder, "save", "", "fetch the message's files and write them into this `folder`")
	return p.withJSON(cmd)
}

// showCurl prints the calls of a message for a shell.
func (p *program) showCurl(d control.Detail) error {
	for _, call := range d.Calls {
		if _, err := io.WriteString(p.Out, call.Curl(d.Direction)); err != nil {
			return err
		}
	}
	if len(d.Calls) == 0 {
		p.Say("Message %d makes no call.\n", d.ID)
	}
	return nil
}

// savedFile is a file of a message that was written down.
type savedFile struct {
	Path  string `json:"path"`
	Type  string `json:"type"`
	Bytes int    `json:"bytes"`
}

// showAndSave shows a message and writes its files into a folder. One that cannot be had does not keep the others back;
// the last one that could not is the error.
func (p *program) showAndSave(ctx context.Context, relay *kept.Relay, d control.Detail, folder string) error {
	if folder == "" {
		return usageError{errors.New("show: --save needs a folder")} //nolint:err113 // shown, never compared
	}
	if !p.json {
		p.showDetail(d)
		if len(d.Media) == 0 {
			p.Print("There are no files to save.\n")
		}
	}
	saved := []savedFile{}
	var problem error
	for n := range d.Media {
		file, err := relay.File(ctx, d.ID, n)
		path := ""
		if err == nil {
			path, err = file.Save(folder, d.ID, n)
		}
		if err != nil {
			if problem != nil {
				p.complain(problem)
			}
			problem = err
			continue
		}
		saved = append(saved, savedFile{path, file.Type, len(file.Data)})
		if !p.json {
			p.Print("Saved %s (%s, %d bytes).\n", path, file.Type, len(file.Data))
		}
	}
	if p.json {
		err := p.JSON(struct {
			control.Detail
			Saved []savedFile `json:"saved"`
		}{d, saved})
		if problem == nil {
			problem = err
		}
	}
	return problem
}

func (p *program) showDetail(d control.Detail) {
	p.Print("Message %d · %s · %s · %s · %s\n", d.ID, d.Channel, arrow(d.Direction), kindText(d.Kind), stateText(d.Message))
	p.showFields(d)
	p.showHistory(d.History)
	if content, err := json.MarshalIndent(d.Content, "  ", "  "); err == nil && d.Content != nil {
		p.Print("  What Perch understood:\n  %s\n", terminal.Multiline(content))
	}
	from, to := "X", "Motion"
	if d.Direction == "out" {
		from, to = to, from
	}
	if d.Received != nil {
		p.showDocument("From "+from+", as it came:", *d.Received)
	}
	for _, document := range d.Calls {
		p.showDocument("To "+to+":", document)
	}
}

func (p *program) showFields(d control.Detail) {
	t := p.Table()
	row := func(name, value string) {
		if value != "" {
			t.Row("  %s\t%s", name, value)
		}
	}
	row("From", "@"+d.From)
	row("To", "@"+d.To)
	name := "Text"
	for line := range strings.SplitSeq(visible.Lines(d.Text), "\n") {
		if d.Text != "" {
			t.Row("  %s\t%s", name, line)
		}
		name = ""
	}
	for _, f := range d.Media {
		row("File", fmt.Sprintf("%s %s %d bytes", f.Name, f.Type, f.Bytes))
	}
	row("Received", clock(d.ReceivedAt))
	if d.StoredAt != nil && !d.StoredAt.Before(d.ReceivedAt) {
		row("On disk", fmt.Sprintf("%s (after %d ms)", clock(*d.StoredAt), d.StoredAt.Sub(d.ReceivedAt).Milliseconds()))
	}
	if d.DueAt != nil {
		row("Next attempt", clock(*d.DueAt))
	}
	if d.DeliveredAt != nil {
		row("Delivered", fmt.Sprintf("%s (after %d ms)", clock(*d.DeliveredAt), d.DeliveredAt.Sub(d.ReceivedAt).Milliseconds()))
	}
	row("Id at X", d.XID)
	row("Id in Motion", d.MotionID)
	row("Thread", d.ThreadID)
	if d.Error != nil {
		row("Problem", d.Error.Message)
		row("What to do", d.Error.Remedy)
	}
	t.Flush()
}

func (p *program) showDocument(title string, d control.Document) {
	p.Print("  %s\n", title)
	if d.Call != "" {
		p.Print("  %s\n", d.Call)
	}
	p.Print("  %s\n", terminal.Multiline(strings.ReplaceAll(d.Text, "\n", "\n  ")))
	if d.Cut {
		p.Print("  … cut here; the whole has %d bytes\n", d.Bytes)
	}
}

func (p *program) showHistory(history []control.Attempt) {
	t := p.Table()
	for _, a := range history {
		number := "–"
		if a.Number > 0 {
			number = strconv.Itoa(a.Number)
		}
		t.Row("  Attempt %s\t%s\t%.0f ms\t%s\t%s %s", number, clock(a.At), a.TookMS, a.Outcome, a.Code, a.Message)
	}
	t.Flush()
}
