package support

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/app/doctor"
)

// How long a part may take. The doctor bounds itself; the others read what is here.
const (
	statusPatience  = 20 * time.Second
	doctorPatience  = time.Minute // a keyring or a vault may ask a person
	readPatience    = 20 * time.Second
	journalPatience = 30 * time.Second
)

// LastMessages is how many messages are in a file with messages.
const LastMessages = 200

// maxSettings bounds perch.toml, in bytes.
const maxSettings = 1 << 20

func (m *maker) parts() []part {
	all := []part{
		{"status.json", "how things stand, as perch status --json says it", readPatience, m.writeStatus},
		{"doctor.txt", "what perch doctor found, for people", doctorPatience, m.writeDoctor},
		{"perch.toml", "the settings, without comments and users; no secret is ever in this file", readPatience, m.writeSettings},
		{"secrets.json", "which secrets have a value: names, and yes or no", readPatience, m.writeSecrets},
		{"versions.json", "versions of Perch, of the system, of the desktop and of the programs that carry tunnels", readPatience, m.writeVersions},
		{"journal.json", "form, sizes and counts of the journal, and whether it is whole", journalPatience, m.writeJournal},
		{"files.json", "Perch's files in its folders: names, sizes, rights", readPatience, m.writeFiles},
		{"log.txt", "the last 4 MB of the log, without customers' texts, handles and ids", readPatience, m.writeLog},
	}
	if m.WithMessages {
		all = append(all, part{"messages.jsonl", fmt.Sprintf("THE LAST %d MESSAGES, WITH WHAT CUSTOMERS AND AGENTS WROTE", LastMessages), readPatience, m.writeMessages})
	}
	return all
}

func (m *maker) readme(parts []part) string {
	var b strings.Builder
	fmt.Fprintf(&b, "What helps to find out what is wrong with Perch, made %s.\n\n", m.Now.Format(time.RFC3339))
	if m.WithMessages {
		fmt.Fprintf(&b, "THIS FILE HOLDS THE LAST %d MESSAGES: texts, handles and ids of customers (messages.jsonl). Give it only to who may read them.\n", LastMessages)
	} else {
		b.WriteString("There is no text, handle or id of a customer in it.\n")
	}
	b.WriteString("There is no secret in it: values that Perch knows, and what has the name or the look of one, are replaced by \"…\".\n" +
		"Look into it before you give it away: it is all text.\n\n")
	for _, p := range parts {
		fmt.Fprintf(&b, "%-15s %s\n", p.name, p.about)
	}
	for _, one := range m.report.Missing {
		fmt.Fprintf(&b, "\nNot in it: %s. %s\n", one.Part, one.Why)
	}
	return b.String()
}

// writeJSON writes a value with all of its strings hidden.
func (m *maker) writeJSON(w io.Writer, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(m.hider.JSON(text))
	return err
}

func (m *maker) writeStatus(_ context.Context, w io.Writer) error {
	if m.err != nil {
		return m.err
	}
	return m.writeJSON(w, m.status)
}

func (m *maker) writeDoctor(ctx context.Context, w io.Writer) error {
	findings, err := m.Doctor(ctx)
	if err != nil {
		return err
	}
	for _, f := range findings {
		text := f.Message
		if f.Remedy != "" {
			text += "; " + f.Remedy
		}
		if _, err := fmt.Fprintf(w, "%-7s  %-22s  %s%s (%d ms)\n", f.State, f.Check, channelOf(f), m.hider.Strict(text), f.TookMS); err != nil {
			return err
		}
	}
	return nil
}

func channelOf(f doctor.Finding) string {
	if f.Channel == "" {
		return ""
	}
	return "[" + f.Channel + "] "
}

// users are settings that name a person's account.
var users = []string{"user", "acme_email"}

func (m *maker) writeSettings(_ context.Context, w io.Writer) error {
	f, err := os.Open(m.Home.Config())
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read
	text, err := io.ReadAll(io.LimitReader(f, maxSettings))
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, m.hider.Settings(string(text), settingNames(reflect.TypeFor[config.Config]()), users))
	return err
}

// settingNames are the names that perch.toml may hold, below each other or not.
func settingNames(t reflect.Type) (names []string) {
	if t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	for f := range t.Fields() {
		names = append(append(names, f.Tag.Get("toml")), settingNames(f.Type)...)
	}
	return names
}

func (m *maker) writeSecrets(ctx context.Context, w io.Writer) error {
	set, err := m.Secrets(ctx)
	if err != nil {
		return err
	}
	return writePlain(w, set) // names are of a closed list, and of channels
}

// writePlain writes a value in which nothing is to be hidden.
func writePlain(w io.Writer, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err == nil {
		_, err = w.Write(append(text, '\n'))
	}
	return err
}

func (m *maker) writeMessages(ctx context.Context, w io.Writer) error {
	list, err := m.Messages(ctx, control.Query{Limit: LastMessages})
	for i := len(list) - 1; i >= 0 && err == nil; i-- {
		var text []byte
		if text, err = json.Marshal(list[i]); err == nil {
			_, err = w.Write(m.hider.JSONLine(text))
		}
	}
	return err
}
