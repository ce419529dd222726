package export

import (
	"encoding/csv"
	"strings"
	"testing"
	"unicode"
)

func TestNoCellIsAFormulaOrRounded(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "",
		"hello":                          "hello",
		"a = b, c-d, x@y.z":              "a = b, c-d, x@y.z",
		"=1+1":                           "'=1+1",
		"+39 02 1234":                    "'+39 02 1234",
		"-1":                             "'-1",
		"@brand hello":                   "'@brand hello",
		"  =cmd|' /C calc'!A0":           "'  =cmd|' /C calc'!A0",
		"\u00A0\u3000=1":                 "'\u00A0\u3000=1",
		"\u200B=1":                       "'\u200B=1",
		"＝1":                             "'＝1",
		"＋1":                             "'＋1",
		"－1":                             "'－1",
		"＠SUM(A1)":                       "'＠SUM(A1)",
		"\tx":                            "'\tx",
		"\r=1":                           "␍=1",
		"\r\n=1":                         "\n'=1",
		"list:\n- one\n- two":            "list:\n'- one\n'- two",
		"1790000000123456789":            "'1790000000123456789",
		"123456789012345":                "123456789012345",
		"0039":                           "'0039",
		"0":                              "0",
		"\x1b[31mred":                    "␛[31mred",
		"👩‍👩‍👧 ciao":                     "👩‍👩‍👧 ciao",
		"17900000001234567891790000000a": "17900000001234567891790000000a",
	} {
		if got := cell(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func FuzzCell(f *testing.F) {
	for _, seed := range []string{"=1", " ＝1", "a\n-b", "\t", "'=1", "\"=1\"", "\uFEFF=1", "00", "\x00=1", "a\r=1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var b strings.Builder
		w := csv.NewWriter(&b)
		w.UseCRLF = true
		if err := w.Write([]string{"1", cell(text)}); err != nil {
			t.Fatal(err)
		}
		w.Flush()
		rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
		if err != nil || len(rows) != 1 || len(rows[0]) != 2 {
			t.Fatalf("%q: %q, %v", text, rows, err)
		}
		for line := range strings.SplitSeq(rows[0][1], "\n") {
			bare := strings.TrimLeftFunc(line, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) })
			if strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "\r") || bare != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(bare)[0]) {
				t.Errorf("%q becomes %q", text, rows[0][1])
			}
		}
	})
}
