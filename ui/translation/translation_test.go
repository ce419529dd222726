package translation_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perch/ui/translation"
)

// folders are where the texts are: the window's and the tray's.
var folders = []string{".", "../../assets/translation"}

// mustRead also holds the files to one key a line, in order, so that they are easily merged.
func mustRead(t *testing.T, folder, lang string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, lang+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]string
	if err := json.Unmarshal(data, &texts); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for line := range strings.Lines(string(data)) {
		if key, _, ok := strings.Cut(strings.TrimPrefix(line, `  "`), `": "`); ok {
			keys = append(keys, key)
		}
	}
	if len(keys) != len(texts) || !slices.IsSorted(keys) {
		t.Errorf("%s in %s: %d lines, %d keys; one key a line, each once, in order", lang, folder, len(keys), len(texts))
	}
	return texts
}

var verb = regexp.MustCompile(`%[^%]`)

func TestEveryLanguageHasEveryTextWithTheSameVerbs(t *testing.T) {
	for _, folder := range folders {
		english := mustRead(t, folder, "en")
		for _, lang := range translation.Languages() {
			texts := mustRead(t, folder, lang)
			if diff := cmp.Diff(slices.Sorted(maps.Keys(english)), slices.Sorted(maps.Keys(texts))); diff != "" {
				t.Errorf("%s in %s: %s", lang, folder, diff)
			}
			for key, text := range texts {
				if diff := cmp.Diff(verb.FindAllString(english[key], -1), verb.FindAllString(text, -1)); diff != "" {
					t.Errorf("%s: %s: %s", lang, key, diff)
				}
				if strings.TrimSpace(text) != text || text == "" {
					t.Errorf("%s: %s is empty or has space around it", lang, key)
				}
			}
		}
	}
}

func TestNoKeyIsBothTheWindowsAndTheTrays(t *testing.T) {
	tray := mustRead(t, folders[1], "en")
	for key := range mustRead(t, folders[0], "en") {
		if _, twice := tray[key]; twice {
			t.Errorf("%s is in two files", key)
		}
	}
}

// keys in the code: whole ones, and beginnings that a variable part follows.
var (
	wholeKey = regexp.MustCompile(`"((?:window|tray|face|condition)\.[a-z0-9_./]*[a-z0-9])"`)
	startKey = regexp.MustCompile(`"((?:window|tray|face|condition)\.[a-z0-9_./]*[._])"`)
	manyKey  = regexp.MustCompile(`\.N\("(window\.[a-z0-9_.]+)"`)
)

func TestEveryKeyInTheCodeHasAText(t *testing.T) {
	texts := mustRead(t, folders[0], "en")
	maps.Copy(texts, mustRead(t, folders[1], "en"))
	used := map[string]bool{}
	for _, source := range append(mustSources(t, ".."), mustSources(t, "../../app/control")...) { // which names the conditions
		for _, m := range manyKey.FindAllStringSubmatch(source, -1) {
			if texts[m[1]+".one"] == "" {
				t.Errorf("%s.one has no text", m[1])
			}
			used[m[1]+".one"] = true
		}
		for _, m := range wholeKey.FindAllStringSubmatch(source, -1) {
			if texts[m[1]] == "" {
				t.Errorf("%s has no text", m[1])
			}
			used[m[1]] = true
			used[m[1]+".one"] = strings.HasPrefix(m[1], "tray.") || used[m[1]+".one"] // the tray takes it where there is one
		}
		for _, m := range startKey.FindAllStringSubmatch(source, -1) {
			for key := range texts {
				used[key] = used[key] || strings.HasPrefix(key, m[1])
			}
		}
	}
	for key := range texts {
		if !used[key] {
			t.Errorf("%s is not used", key)
		}
	}
}

// mustSources reads all Go files of a folder and of those in it, but tests.
func mustSources(t *testing.T, folder string) []string {
	t.Helper()
	var sources []string
	err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		data, err := os.ReadFile(path)
		sources = append(sources, string(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sources
}

func TestLanguageIsFound(t *testing.T) {
	for _, tt := range []struct{ asked, all, messages, lang, want string }{
		{want: "en"},
		{asked: "it", want: "it"},
		{asked: "it_IT.UTF-8", lang: "en_US.UTF-8", want: "it"},
		{asked: "it-CH", lang: "en_US", want: "it"},
		{asked: "de", lang: "it_IT", want: "en"},
		{lang: "it_CH.UTF-8", want: "it"},
		{lang: "C.UTF-8", want: "en"},
		{all: "C", lang: "it_IT", want: "en"},
		{all: "it", lang: "en", want: "it"},
		{messages: "it_IT", lang: "en_US", want: "it"},
		{lang: "../x", want: "en"},
		{lang: ".UTF-8", want: "en"},
	} {
		t.Setenv("LC_ALL", tt.all)
		t.Setenv("LC_MESSAGES", tt.messages)
		t.Setenv("LANG", tt.lang)
		x := translation.New(tt.asked)
		if want := map[string]string{"en": "Start", "it": "Avvia"}[tt.want]; x.Lang() != tt.want || x.T("tray.start") != want || x.T("window.do.start") != want {
			t.Errorf("%+v: it speaks %s: %s, %s", tt, x.Lang(), x.T("tray.start"), x.T("window.do.start"))
		}
	}
}

func TestTexts(t *testing.T) {
	x := translation.New("en")
	for want, got := range map[string]string{
		"window.nothing": x.T("window.nothing"), "1 waiting": x.N("window.waiting", 1), "0 waiting": x.N("window.waiting", 0),
		"5 s ago": x.T("window.ago.seconds", 5), "Needs attention (3)": x.T("tray.attention", 3), "no.such.key": x.T("no.such.key", 1),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if new(translation.Texts).T("a") != "a" {
		t.Error("the zero value does not give keys")
	}
}
