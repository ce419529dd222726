package export_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"perch/app/control"
	"perch/app/export"
)

var errCut = errors.New("cut")

// source has messages in memory, and grows while it is asked.
type source struct {
	list   []control.Message // by their numbers
	asked  int
	fails  func(n int) bool
	grows  bool
	spans  []int64
	change func(*control.Detail)
}

func (s *source) Messages(ctx context.Context, q control.Query) ([]control.Message, error) {
	s.asked++
	s.spans = append(s.spans, q.Before-q.After)
	if s.grows {
		s.list = append(s.list, message(s.list[len(s.list)-1].ID+1))
	}
	if s.fails != nil && s.fails(s.asked) {
		return nil, errCut
	}
	var out []control.Message
	for i := len(s.list) - 1; i >= 0 && len(out) < q.Limit; i-- {
		if m := s.list[i]; (q.Before == 0 || m.ID < q.Before) && m.ID > q.After && q.Matches(m) {
			out = append(out, m)
		}
	}
	return out, ctx.Err()
}

func (s *source) Details(ctx context.Context, q control.Query) ([]control.Detail, error) {
	list, err := s.Messages(ctx, q.Full())
	out := make([]control.Detail, 0, len(list))
	for _, m := range list {
		d := control.Detail{Message: m, History: []control.Attempt{}}
		if s.change != nil {
			s.change(&d)
		}
		out = append(out, d)
	}
	return out, err
}

func message(id int64) control.Message {
	state := "delivered"
	if id%1000 == 7 {
		state = "dead"
	}
	return control.Message{
		ID: id, Channel: "support", Direction: "in", Kind: "dm", State: state, ReceivedAt: time.Date(2026, 11, 24, 15, 4, 5, 6e6, time.FixedZone("", 3600)),
		From: "ann", To: "acme", Text: fmt.Sprint("message ", id), XID: "1790000000123456789", Media: []control.Media{},
	}
}

func messages(ids ...int64) *source {
	s := &source{}
	for _, id := range ids {
		s.list = append(s.list, message(id))
	}
	return s
}

// exported is what was written, as text and by lines.
func exported(t *testing.T, from export.Source, o export.Options) (text string, lines []control.Message) {
	t.Helper()
	var b bytes.Buffer
	n, err := export.Write(t.Context(), &b, from, o)
	if err != nil {
		t.Fatal(err)
	}
	if o.Format != export.JSONL {
		return b.String(), nil
	}
	for line := range strings.Lines(b.String()) {
		var m control.Message
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, m)
	}
	if len(lines) != n {
		t.Errorf("%d lines, said %d", len(lines), n)
	}
	return b.String(), lines
}

func TestEachMessageOnceOldestFirstWhileOthersComeIn(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, gap := range []int64{1, 2, 300, 70_000} {
		var ids []int64
		at := int64(0)
		for range 3_000 {
			at += 1 + random.Int64N(gap)
			ids = append(ids, at)
		}
		s := messages(ids...)
		s.grows = true
		_, lines := exported(t, s, export.Options{Format: export.JSONL})
		if len(lines) < len(ids) || len(lines) > len(ids)+1 { // the first question may find one more
			t.Fatalf("gap %d: %d of %d", gap, len(lines), len(ids))
		}
		for i, id := range ids {
			if lines[i].ID != id {
				t.Fatalf("gap %d: line %d is message %d, want %d", gap, i, lines[i].ID, id)
			}
		}
	}
}

func TestWhereDenseFollowsSparseNothingIsLost(t *testing.T) {
	var ids []int64
	for id := int64(1_000_000); id < 1_020_000; id++ {
		ids = append(ids, id)
	}
	s := messages(append([]int64{3}, ids...)...)
	if _, lines := exported(t, s, export.Options{Format: export.JSONL}); len(lines) != len(ids)+1 || lines[0].ID != 3 || lines[len(ids)].ID != 1_019_999 {
		t.Errorf("%d of %d", len(lines), len(ids)+1)
	}
	if s.asked > 100 {
		t.Errorf("%d questions", s.asked)
	}
}

func TestFewThatMatchTakeFewQuestions(t *testing.T) {
	var ids []int64
	for id := int64(1); id <= 100_000; id++ {
		ids = append(ids, id)
	}
	s := messages(ids...)
	var last export.Progress
	_, lines := exported(t, s, export.Options{Format: export.JSONL, Query: control.Query{State: "dead"}, Progress: func(p export.Progress) {
		if p.Part < last.Part || p.Part > 1 {
			t.Errorf("%v after %v", p, last)
		}
		last = p
	}})
	if len(lines) != 100 || s.asked > 20 {
		t.Errorf("%d lines, %d questions", len(lines), s.asked)
	}
	if last != (export.Progress{Messages: 100, Part: 1}) {
		t.Errorf("%+v", last)
	}
}

func TestAnAnswerThatWasCutOffIsAskedForAgainOnce(t *testing.T) {
	s := messages(1, 2, 3)
	s.fails = func(n int) bool { return n == 2 }
	if _, lines := exported(t, s, export.Options{Format: export.JSONL}); len(lines) != 3 {
		t.Errorf("%d lines", len(lines))
	}
	s.asked, s.fails = 0, func(n int) bool { return n > 1 }
	if _, err := export.Write(t.Context(), io.Discard, s, export.Options{Format: export.JSONL}); !errors.Is(err, errCut) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := export.Write(ctx, io.Discard, messages(1), export.Options{Format: export.CSV}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestNoMessagesMakeAWholeFile(t *testing.T) {
	for _, f := range export.Formats() {
		text, _ := exported(t, &source{}, export.Options{Format: f})
		switch f {
		case export.CSV:
			if text != "\uFEFF"+strings.Join(export.Columns(), ",")+"\r\n" {
				t.Errorf("%q", text)
			}
		case export.JSONL:
			if text != "" {
				t.Errorf("%q", text)
			}
		case export.HAR:
			if entries := entriesIn(t, text); len(entries) != 0 {
				t.Errorf("%v", entries)
			}
		}
	}
}

func TestATableIsReadAsItWas(t *testing.T) {
	for _, separator := range []rune{0, ';', '\t'} {
		s := messages(1, 2)
		s.list[0].Text, s.list[0].Media = "one, two; \"three\"\nfour\tfive", []control.Media{{Type: "image/png", Name: "a.png", Bytes: 5}, {Type: "photo"}}
		s.list[1].Error, s.list[1].Parent = &control.Failure{Kind: "rejected", Message: "why", Remedy: "what to do"}, 1
		text, _ := exported(t, s, export.Options{Format: export.CSV, Separator: separator})
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF")))
		if separator != 0 {
			r.Comma = separator
		}
		rows, err := r.ReadAll()
		if err != nil || len(rows) != 3 {
			t.Fatalf("%v, %v", rows, err)
		}
		of := func(row int, column string) string {
			for i, name := range rows[0] {
				if name == column {
					return rows[row][i]
				}
			}
			t.Fatal("no column ", column)
			return ""
		}
		for column, want := range map[string]string{
			"id": "1", "text": s.list[0].Text, "media": "a.png (image/png, 5 bytes); photo", "x_id": "'1790000000123456789", "received_at": "2026-11-24T15:04:05.006+01:00",
			"delivered_at": "", "error_kind": "", "parent": "",
		} {
			if of(1, column) != want {
				t.Errorf("%s is %q, want %q", column, of(1, column), want)
			}
		}
		if of(2, "error_message") != "why" || of(2, "error_remedy") != "what to do" || of(2, "parent") != "1" {
			t.Errorf("%q", rows[2])
		}
	}
}

func TestTheNameOfAFileSaysItsForm(t *testing.T) {
	for name, want := range map[string]export.Format{"a.csv": export.CSV, "/x/B.CSV": export.CSV, "m.jsonl": export.JSONL, "m.har": export.HAR, "m.txt": "", "csv": "", "": ""} {
		if got := export.FormatOf(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}
