package support

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"perch/app/backup"
	"perch/app/ingress"
	"perch/bridge"
	"perch/bridge/sqlite"
)

const (
	// daysBack is how many days are counted.
	daysBack = 30 * 24 * time.Hour
	// checkPatience bounds the look whether the journal is whole: that of a large one takes minutes.
	checkPatience = 5 * time.Second
	// mostFiles bounds the list of files of a folder.
	mostFiles = 500
)

// journalFacts is what is told of a journal: sizes and counts.
type journalFacts struct {
	Form   int              `json:"form"`
	Knows  int              `json:"this_perch_knows_form"`
	Rows   map[string]int64 `json:"rows,omitempty"`
	Counts []count          `json:"counts"`
	Days   []sqlite.Day     `json:"days"`
	// Whole is "yes", or what is wrong.
	Whole    string            `json:"whole"`
	Problems map[string]string `json:"problems,omitempty"`
}

// count is how many messages of a sort there are.
type count struct {
	Channel   string `json:"channel"`
	Direction string `json:"direction"`
	Kind      string `json:"kind"`
	State     string `json:"state"`
	N         int    `json:"n"`
}

// open lets work read the journal, unless a restore replaces it.
func (m *maker) open(ctx context.Context, work func(*sqlite.View) error) error {
	if err := backup.CheckPending(m.Home, "read the journal"); err != nil {
		return err
	}
	err := sqlite.ReadStill(ctx, m.Home.Journal(), work)
	if errors.Is(err, fs.ErrNotExist) {
		return &bridge.Error{Kind: bridge.Operator, Side: bridge.SidePerch, Op: "read the journal", Message: "there is no journal yet", Remedy: "it is made by: perch start"}
	}
	return err
}

func (m *maker) writeJournal(ctx context.Context, w io.Writer) error {
	facts := journalFacts{Knows: sqlite.Schema()}
	err := m.open(ctx, func(v *sqlite.View) error {
		facts.Problems = map[string]string{} // work may be called again
		try := func(what string, err error) {
			if err != nil {
				facts.Problems[what] = reason(err)
			}
		}
		var err error
		facts.Form, err = v.Schema(ctx)
		try("form", err)
		counts, err := v.Counts(ctx)
		try("counts", err)
		facts.Counts = make([]count, 0, len(counts))
		for _, c := range counts {
			facts.Counts = append(facts.Counts, count{c.Channel, string(c.Direction), string(c.Kind), string(c.State), c.N})
		}
		facts.Days, err = v.Days(ctx, m.Now.Add(-daysBack))
		try("days", err)
		facts.Whole = checked(ctx, v)
		facts.Rows, err = v.Rows(ctx)
		try("rows", err)
		return ctx.Err()
	})
	if err != nil && facts.Form == 0 {
		return err
	}
	return m.writeJSON(w, facts)
}

func checked(ctx context.Context, v *sqlite.View) string {
	ctx, cancel := context.WithTimeout(ctx, checkPatience)
	defer cancel()
	switch err := v.Check(ctx); {
	case err == nil:
		return "yes"
	case ctx.Err() != nil:
		return "not known: it takes longer than " + checkPatience.String()
	default:
		return reason(err)
	}
}

// replyTokens are the secret parts of the Reply URLs; none where they cannot be had.
func (m *maker) replyTokens(ctx context.Context) (tokens []string) {
	_ = m.open(ctx, func(v *sqlite.View) error {
		values, err := v.Settings(ctx, ingress.ReplyTokenKey)
		for _, token := range values {
			tokens = append(tokens, token)
		}
		return err
	})
	return tokens
}

// fileFacts is what is told of a file.
type fileFacts struct {
	Name    string    `json:"name"`
	Bytes   int64     `json:"bytes"`
	Rights  string    `json:"rights"`
	Changed time.Time `json:"changed"`
}

func (m *maker) writeFiles(_ context.Context, w io.Writer) error {
	folders := map[string][]fileFacts{}
	var problem error
	for _, path := range []string{m.Home.Journal(), m.Home.Config(), m.log()} {
		folder := filepath.Dir(path)
		if _, done := folders[folder]; done {
			continue
		}
		list, err := filesIn(folder)
		if err != nil {
			problem = errors.Join(problem, err)
			continue
		}
		folders[folder] = list
	}
	if len(folders) == 0 {
		return problem
	}
	return m.writeJSON(w, folders)
}

// ourNames begin the names of Perch's own files; those of others say who knows what.
var ourNames = []string{"perch", "vault", "control.sock", "backup", "before-restore-", "service.txt", "acme", "launchd.log", ".perch"}

func filesIn(folder string) ([]fileFacts, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	list := []fileFacts{}
	for _, e := range entries[:min(len(entries), mostFiles)] {
		isOurs := slices.ContainsFunc(ourNames, func(name string) bool { return strings.HasPrefix(e.Name(), name) })
		info, err := e.Info()
		if !isOurs || err != nil {
			continue
		}
		list = append(list, fileFacts{e.Name(), info.Size(), info.Mode().String(), info.ModTime()})
	}
	return list, nil
}
