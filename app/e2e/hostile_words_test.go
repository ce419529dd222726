package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"perch/app/control"
)

// commands runs what people type, and reads it as they do.
func (r *hostileRig) commands(run *hostileRun) {
	all := [][]string{{"status"}, {"limits"}, {"traffic", "--limit", "30"}, {"status", "--json"}, {"limits", "--json"}, {"traffic", "--limit", "30", "--json"}}
	for _, id := range run.shown[:min(len(run.shown), 1)] {
		all = append(all, []string{"show", strconv.FormatInt(id, 10)}, []string{"show", strconv.FormatInt(id, 10), "--json"})
	}
	for _, args := range all {
		out, complaint, code := r.perch(args...)
		command := strings.Join(args, " ")
		switch {
		case code != 0 || out == "" && args[0] != "limits":
			r.fail(run, "a command does not answer", command+": "+complaint)
		case args[len(args)-1] == "--json":
			for decoder := json.NewDecoder(strings.NewReader(out)); ; {
				var v any
				if err := decoder.Decode(&v); err != nil {
					if !errors.Is(err, io.EOF) {
						r.fail(run, "a command prints no JSON", command+": "+err.Error())
					}
					break
				}
			}
		case steers(out):
			r.fail(run, "a command prints what steers a terminal", command+": "+shortened(strconv.Quote(out), 200))
		}
	}
}

// steers reports whether a text holds what a terminal or a reader obeys.
func steers(s string) bool {
	return !utf8.ValidString(s) || strings.ContainsFunc(s, func(c rune) bool {
		return unicode.IsControl(c) && c != '\n' && c != '\t' || unicode.Is(unicode.Bidi_Control, c)
	})
}

// isHostileAlone reports whether somebody looks at single variations.
func isHostileAlone() bool {
	return os.Getenv("PERCH_HOSTILE_SEED") != "" || os.Getenv("PERCH_HOSTILE_ONLY") != ""
}

// warnings are the last lines of the log that are worth a look.
func (r *hostileRig) warnings() string {
	const shown = 15
	raw, _ := os.ReadFile(filepath.Join(r.home, "perch.log"))
	lines := slices.DeleteFunc(strings.Split(string(raw), "\n"), func(line string) bool { return strings.Contains(line, "level=INFO") })
	return strings.Join(lines[max(0, len(lines)-shown):], "\n")
}

// story is what a message went through.
func (r *hostileRig) story(m *control.Message) string {
	if m == nil {
		return "it is not in traffic"
	}
	d, err := r.client.Message(r.t.Context(), m.ID)
	if err != nil {
		return err.Error()
	}
	text := fmt.Sprintf("message %d, received %s", m.ID, m.ReceivedAt.Format(time.StampMilli))
	for _, h := range d.History {
		text += fmt.Sprintf("; %s %s after %.0f ms (%s)", h.At.Format(time.StampMilli), h.Outcome, h.TookMS, h.Message)
	}
	for _, in := range r.inMotion() {
		if in.From == m.From {
			text += fmt.Sprintf("; in Motion at %s: %.30q", in.At.Format(time.StampMilli), in.Body)
		}
	}
	return text
}

// verbose tells all about a variation that runs alone.
func (r *hostileRig) verbose(run *hostileRun) {
	if os.Getenv("PERCH_HOSTILE_SEED") == "" {
		return
	}
	r.t.Logf("seed %d: %s: %s", run.seed, run.scene.name, run.words())
	for _, s := range run.struck {
		r.t.Logf("sent with status %d:\n%s", s.Status, shortened(string(s.Body), 3000))
	}
	for _, id := range run.shown {
		d, err := r.client.Message(r.t.Context(), id)
		text, _ := json.Marshal(d.Message)
		r.t.Logf("message %d: %s %v", id, text, err)
	}
	list, _ := r.client.Messages(r.t.Context(), control.Query{Limit: 10})
	for _, m := range list {
		r.t.Logf("traffic: %d %s %s %s %q", m.ID, m.Direction, m.Kind, m.State, shortened(m.Text, 60))
	}
	r.t.Log(r.trouble())
}
