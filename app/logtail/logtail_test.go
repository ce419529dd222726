package logtail_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perch/app/logtail"
)

func TestParse(t *testing.T) {
	tests := []struct {
		raw  string
		want logtail.Line
	}{
		{`time=2026-11-24T10:00:00.000Z level=WARN msg="a \"b\" c" k=v`, logtail.Line{Level: "warn", Time: "2026-11-24T10:00:00.000Z", Message: `a "b" c`, Rest: "k=v"}},
		{`time=T level=INFO msg=plain`, logtail.Line{Level: "info", Time: "T", Message: "plain"}},
		{`time=T level=ERROR+2 msg=x`, logtail.Line{Level: "error", Time: "T", Message: "x"}},
		{`time=T level=DEBUG something else`, logtail.Line{Level: "debug", Time: "T", Message: "something else"}},
		{`{"time":"T","level":"ERROR","msg":"broken","k":1}`, logtail.Line{Level: "error", Time: "T", Message: "broken", Rest: `"k":1`}},
		{`panic: oh no`, logtail.Line{Level: "info", Message: "panic: oh no"}},
		{`time=T level=INFO msg="unfinished`, logtail.Line{Level: "info", Time: "T", Message: "unfinished"}},
	}
	for _, tt := range tests {
		tt.want.Raw = tt.raw
		if diff := cmp.Diff(tt.want, logtail.Parse(tt.raw)); diff != "" {
			t.Error(tt.raw, diff)
		}
	}
}

func line(i int) string {
	level := []string{"DEBUG", "INFO", "INFO", "WARN", "ERROR"}[i%5]
	return fmt.Sprintf("time=2026-11-24T10:00:00Z level=%s msg=\"line %d\" who=annlee\n", level, i)
}

func mustLog(t *testing.T, from, to int) string {
	t.Helper()
	var b strings.Builder
	for i := from; i < to; i++ {
		b.WriteString(line(i))
	}
	path := filepath.Join(t.TempDir(), "perch.log")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func mustAppend(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString(text)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		t.Fatal(err)
	}
}

func messages(lines []logtail.Line) []string {
	var list []string
	for _, l := range lines {
		list = append(list, l.Message)
	}
	return list
}

func TestOlderReadsEverythingOnceInOrder(t *testing.T) {
	const total = 30_000 // several blocks
	r := logtail.New(mustLog(t, 0, total), logtail.Query{})
	var all []logtail.Line
	for i := 0; !r.AtStart() && i < total; i++ {
		lines, err := r.Older(777)
		if err != nil {
			t.Fatal(err)
		}
		all = append(lines, all...)
	}
	if len(all) != total {
		t.Fatalf("%d lines, want %d", len(all), total)
	}
	for i, l := range all {
		if want := fmt.Sprintf("line %d", i); l.Message != want {
			t.Fatalf("line %d is %q", i, l.Message)
		}
	}
}

func TestQuery(t *testing.T) {
	path := mustLog(t, 0, 1000)
	tests := map[string]struct {
		query logtail.Query
		want  []string
	}{
		"level":   {logtail.Query{Level: "error"}, []string{"line 989", "line 994", "line 999"}},
		"text":    {logtail.Query{Text: "LINE 99"}, []string{"line 997", "line 998", "line 999"}},
		"pattern": {logtail.Query{Pattern: regexp.MustCompile(`line 1\d0"`)}, []string{"line 170", "line 180", "line 190"}},
		"both":    {logtail.Query{Level: "warn", Text: "annlee", Pattern: regexp.MustCompile(`9"`)}, []string{"line 979", "line 989", "line 999"}},
		"nothing": {logtail.Query{Text: "no such thing"}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			lines, err := logtail.New(path, tt.query).Older(3)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, messages(lines)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNewer(t *testing.T) {
	path := mustLog(t, 0, 10)
	r := logtail.New(path, logtail.Query{})
	if _, err := r.Older(5); err != nil {
		t.Fatal(err)
	}
	newer := func(want []string, wantAgain bool) {
		t.Helper()
		lines, again, err := r.Newer(100)
		if err != nil || again != wantAgain {
			t.Fatalf("again %v, %v", again, err)
		}
		if diff := cmp.Diff(want, messages(lines)); diff != "" {
			t.Error(diff)
		}
	}
	newer(nil, false)
	mustAppend(t, path, line(10)+line(11)+"time=T level=INFO msg=\"half")
	newer([]string{"line 10", "line 11"}, false)
	mustAppend(t, path, " a line\"\n")
	newer([]string{"half a line"}, false)
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	newer(nil, false) // for a moment there is none
	if err := os.WriteFile(path, []byte(line(50)), 0o600); err != nil {
		t.Fatal(err)
	}
	newer([]string{"line 50"}, true)
	if err := os.WriteFile(path, nil, 0o600); err != nil { // shortened in place
		t.Fatal(err)
	}
	newer(nil, true)
}

func TestStrangeFiles(t *testing.T) {
	long := strings.Repeat("x", 700<<10)
	tests := map[string]struct {
		content string
		lines   int
	}{
		"empty": {"", 0}, "only line ends": {"\n\n\n", 0}, "not text": {"\xff\xfe\x00bad\n", 1}, "without an end": {"a\nb", 1},
		"a line longer than a block": {"before\n" + long + "\nafter\n", 5},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "l")
			if err := os.WriteFile(path, []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			r := logtail.New(path, logtail.Query{})
			var all []logtail.Line
			for range 100 {
				lines, err := r.Older(10)
				if err != nil {
					t.Fatal(err)
				}
				all = append(lines, all...)
				if r.AtStart() {
					break
				}
			}
			if !r.AtStart() || len(all) < min(tt.lines, 1) || len(all) > tt.lines {
				t.Errorf("%d lines, at start %v", len(all), r.AtStart())
			}
			for _, l := range all {
				if len(l.Raw) > 17<<10 {
					t.Errorf("a line of %d bytes was kept", len(l.Raw))
				}
			}
		})
	}
	if lines, err := logtail.New(filepath.Join(t.TempDir(), "none"), logtail.Query{}).Older(10); err != nil || lines != nil {
		t.Errorf("a log that does not exist: %v, %v", lines, err)
	}
}

// TestGigabyte makes a sparse file: what matters is that its size does not.
func TestGigabyte(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large.log")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 1<<30); err != nil {
		t.Skip("no sparse files here:", err)
	}
	var end strings.Builder
	end.WriteByte('\n')
	for i := range 2000 {
		end.WriteString(line(i))
	}
	mustAppend(t, path, end.String())
	started := time.Now()
	r := logtail.New(path, logtail.Query{})
	lines, err := r.Older(1000)
	took := time.Since(started)
	if err != nil || len(lines) != 1000 || lines[999].Message != "line 1999" {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	t.Logf("the end of 1 GB in %v", took)
	if took > 2*time.Second {
		t.Errorf("opening took %v", took)
	}
	started = time.Now()
	if _, err := logtail.New(path, logtail.Query{Text: "no such thing"}).Older(1000); err != nil {
		t.Fatal(err)
	}
	t.Logf("a search through %d MB in %v", logtail.Budget>>20, time.Since(started))
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`time=T level=INFO msg="a" b=c`, `{"level":"x"}`, `time=`, `time="`, `level=`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if l := logtail.Parse(raw); l.Raw != raw || l.Level == "" {
			t.Errorf("%q: %+v", raw, l)
		}
	})
}

func TestLastKnowsNoBudget(t *testing.T) {
	path, query := mustLog(t, 7, 8), logtail.Query{Text: `line 7"`}
	if err := os.Truncate(path, logtail.Budget+1<<20); err != nil {
		t.Skip("no sparse files here:", err)
	}
	mustAppend(t, path, "\n")
	if lines, err := logtail.New(path, query).Older(3); err != nil || lines != nil {
		t.Fatalf("within the budget: %v, %v", lines, err)
	}
	lines, err := logtail.New(path, query).Last(3)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"line 7"}, messages(lines)); diff != "" {
		t.Error(diff)
	}
	if lines, err = logtail.New(filepath.Join(t.TempDir(), "none"), logtail.Query{}).Last(3); err != nil || lines != nil {
		t.Errorf("a log that does not exist: %v, %v", lines, err)
	}
}

func TestNamesLevel(t *testing.T) {
	for raw, want := range map[string]bool{
		"time=T level=INFO msg=plain": true, `{"level":"ERROR","msg":"broken"}`: true, "panic: oh no": false, "time=T msg=x": false,
	} {
		if logtail.Parse(raw).NamesLevel() != want {
			t.Errorf("%s: want %v", raw, want)
		}
	}
}

func TestAllKnowsNoLimitButThatOfALine(t *testing.T) {
	var got []string
	take := func(raw string) error { got = append(got, raw); return nil }
	path := mustLog(t, 0, 30_000)
	long := strings.Repeat("x", 1<<20)
	mustAppend(t, path, long+"\n\nlast without an end")
	n, err := logtail.All(t.Context(), path, logtail.Query{}, take)
	if err != nil || n != 30_002 || len(got) != n || got[0]+"\n" != line(0) || got[n-1] != "last without an end" {
		t.Fatalf("%d lines, the first is %q, the last %q, %v", n, got[0], got[n-1], err)
	}
	if cut := got[n-2]; len(cut) > 17<<10 || !strings.HasSuffix(cut, "…") {
		t.Errorf("a line of %d bytes is kept with %d", len(long), len(cut))
	}
	got = nil
	n, err = logtail.All(t.Context(), path, logtail.Query{Level: "error", Text: "LINE 2999"}, take)
	if err != nil || n != 3 { // 2999, 29994 and 29999
		t.Errorf("%d lines match: %v, %v", n, got, err)
	}
	full := errors.New("no space left on device")
	if n, err := logtail.All(t.Context(), path, logtail.Query{}, func(string) error { return full }); !errors.Is(err, full) || n != 0 {
		t.Errorf("%d lines, %v", n, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if n, err := logtail.All(ctx, path, logtail.Query{}, take); !errors.Is(err, context.Canceled) || n != 0 {
		t.Errorf("%d lines, %v", n, err)
	}
	if _, err := logtail.All(t.Context(), path+"x", logtail.Query{}, take); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
