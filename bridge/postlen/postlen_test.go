package postlen

import (
	"bufio"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
)

var oracleFile = flag.String("oracle", "testdata/oracle.jsonl", "texts with what the reference says of them")

// TestOracle compares every text with the reference implementation.
func TestOracle(t *testing.T) {
	file, err := os.Open(*oracleFile)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	count := 0
	for ; lines.Scan(); count++ {
		var want struct {
			Text string
			Result
		}
		if err := json.Unmarshal(lines.Bytes(), &want); err != nil {
			t.Fatalf("line %d: %v", count+1, err)
		}
		if got := Measure(want.Text); got != want.Result {
			t.Errorf("line %d: Measure(%q) = %+v, want %+v", count+1, want.Text, got, want.Result)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if count < 4000 {
		t.Errorf("%d texts, want at least 4000", count)
	}
}

func TestMeasure(t *testing.T) {
	tests := []struct {
		name, text string
		want       int
	}{
		{"Empty", "", 0},
		{"Latin", "Grüße", 5},
		{"Decomposed", "Gru\u0308ße", 5},
		{"Thai", "สวัสดี", 6},
		{"Japanese", "日本", 4},
		{"Quotes", "“a”", 3},
		{"Emoji", "👍", 2},
		{"Family", "👨‍👩‍👧‍👦", 2},
		{"Flag", "🇩🇪", 2},
		{"SkinTone", "👍🏽", 2},
		{"Keycap", "1️⃣", 2},
		{"Link", "see https://example.com/a/very/long/path?with=query now", 4 + 23 + 4},
		{"LinkShorterThan23", "http://a.io", 23},
		{"BareHost", "example.com.", 24},
		{"BareHostInJapanese", "日本example.com日本", 4 + 23 + 4},
		{"UnknownTopLevel", "example.local", 13},
		{"Mail", "me@example.com", 14},
		{"Brackets", "http://x.com/a_(b)_(c(d))", 23},
		{"FullStopAfterPath", "http://x.com/a.", 24},
		{"ShortLinkThenPath", "https://t.co/abc/def", 23 + 4},
		{"ShortLinkTooLong", "https://t.co/" + strings.Repeat("a", 41), 54},
		{"NotUTF8", "a\xff\xfe", 5},
		{"FiftyMarks", "a" + strings.Repeat("\u0316", 50), 51},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Measure(tt.text).Weighted; got != tt.want {
				t.Errorf("Measure(%q).Weighted = %d, want %d", tt.text, got, tt.want)
			}
		})
	}
}

func TestValid(t *testing.T) {
	tests := map[string]bool{
		"": false, "a": true, strings.Repeat("a", Max): true, strings.Repeat("a", Max+1): false,
		strings.Repeat("日", Max/2): true, strings.Repeat("日", Max/2+1): false,
		"a\uFEFF": false, "a\uFFFE": false, "a\uFFFF": false, "a\uFFFD": true,
	}
	for text, want := range tests {
		if got := Measure(text).Valid; got != want {
			t.Errorf("Measure(%q).Valid = %t, want %t", text, got, want)
		}
	}
}

// TestNFC compares the own composition, which long runs of marks need, with norm where norm can be asked.
func TestNFC(t *testing.T) {
	for _, text := range []string{
		"Gru\u0308ße", "q\u0307\u0323", "a\u0323\u0307", "\u1100\u1161\u11A8", "\uAC00\u11A8", "\u0344", "\u0958", "\u0F73",
		"\u0B47\u0B3E", "\u1E9B\u0323", "\U0002F800", "\U0001D15E", "\u0301a\u0301", "e\u0301\u0301", "か\u3099\u3099",
	} {
		if got, want := string(compose(decompose(text))), norm.NFC.String(text); got != want {
			t.Errorf("compose(decompose(%+q)) = %+q, want %+q", text, got, want)
		}
	}
}

// worst are texts that would take a backtracking matcher long.
var worst = map[string]string{
	"Han": "中", "HanDots": "中.", "Hyphens": "a-", "Hosts": "a.com", "BareHosts": " a.com", "Paths": "(x.co/(", "Commas": ".co/,,,,",
	"Brackets": "x.co/(", "Nested": "a.co/((a)", "Queries": " x.co?", "Punycode": "xn--a.", "Astral": "😀.", "Marks": "\u0316\u0301",
	"Composing": "e\u0323\u0302", "Latin": "a.com中.", "Underscores": "_a.", "Schemes": "http://", "Families": "👨‍👩‍👧‍",
}

// TestBoundedTime measures 64 KB of each of the worst texts; a time in the square of that would be minutes.
func TestBoundedTime(t *testing.T) {
	for name, unit := range worst {
		text := strings.Repeat(unit, 64<<10/len(unit))
		start := time.Now()
		Measure("x.com/" + text)
		Measure(text + ".com")
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

func FuzzMeasure(f *testing.F) {
	for _, unit := range worst {
		f.Add(strings.Repeat(unit, 3))
	}
	f.Fuzz(func(t *testing.T, text string) {
		start := time.Now()
		got := Measure(text)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%d bytes took %v", len(text), took)
		}
		if got.Weighted < 0 || got.Weighted > 23*len(text) {
			t.Errorf("Measure(%q).Weighted = %d", text, got.Weighted)
		}
		if got.Valid && (got.Weighted < 1 || got.Weighted > Max) {
			t.Errorf("Measure(%q) = %+v", text, got)
		}
		normal := nfc(text)
		if again := Measure(normal); again != got {
			t.Errorf("Measure(%q) = %+v, in normal form %+v", text, got, again)
		}
		if own := string(compose(decompose(text))); own != strings.ToValidUTF8(own, "") || nfc(own) != own {
			t.Errorf("%+q is not normal", own)
		}
	})
}

func BenchmarkMeasure(b *testing.B) {
	texts := map[string]string{
		"Latin280":  "Thanks for asking! See https://example.com/help/orders?id=4711 and mail help@example.com. " + strings.Repeat("order ", 31),
		"Han280":    strings.Repeat("日本語です。", 23),
		"Emoji280":  strings.Repeat("👨‍👩‍👧‍👦👍🏽🇩🇪", 46),
		"Links280":  strings.Repeat("example.com/a ", 20),
		"Hosts64KB": strings.Repeat("日example.com。", 64<<10/17),
		"Latin64KB": strings.Repeat("order ", 64<<10/6),
		"Marks64KB": "a" + strings.Repeat("\u0316\u0301", 16<<10),
	}
	for name, text := range texts {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				Measure(text)
			}
		})
	}
}
