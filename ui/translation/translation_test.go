package translation_test

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perch/ui/translation"
)

func mustRead(t *testing.T, lang string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(lang + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]string
	if err := json.Unmarshal(data, &texts); err != nil {
		t.Fatal(err)
	}
	return texts
}

var verb = regexp.MustCompile(`%[a-z]`)

func TestEveryLanguageHasEveryTextWithTheSameVerbs(t *testing.T) {
	english := mustRead(t, "en")
	for _, lang := range translation.Languages() {
		texts := mustRead(t, lang)
		if diff := cmp.Diff(slices.Sorted(maps.Keys(english)), slices.Sorted(maps.Keys(texts))); diff != "" {
			t.Errorf("%s: %s", lang, diff)
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

// keys in the code: whole ones, and beginnings that a variable part follows.
var (
	wholeKey = regexp.MustCompile(`"(window\.[a-z0-9_./]*[a-z0-9])"`)
	startKey = regexp.MustCompile(`"(window\.[a-z0-9_./]*\.)"`)
	manyKey  = regexp.MustCompile(`\.N\("(window\.[a-z0-9_.]+)"`)
)

func TestEveryKeyInTheCodeHasAText(t *testing.T) {
	texts := mustRead(t, "en")
	used := map[string]bool{}
	for _, folder := range []string{"..", "../page"} {
		for _, source := range mustSources(t, folder) {
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
			}
			for _, m := range startKey.FindAllStringSubmatch(source, -1) {
				for key := range texts {
					used[key] = used[key] || strings.HasPrefix(key, m[1])
				}
			}
		}
	}
	for key := range texts {
		if !used[key] {
			t.Errorf("%s is not used", key)
		}
	}
}

func mustSources(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var sources []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		data, err := os.ReadFile(folder + "/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, string(data))
	}
	return sources
}

func TestLanguageIsFound(t *testing.T) {
	tests := []struct{ asked, environment, want string }{
		{"it", "", "it"}, {"it_IT.UTF-8", "", "it"}, {"it-CH", "en_US", "it"}, {"de", "it_IT", "en"}, {"", "it_IT.UTF-8", "it"}, {"", "C", "en"}, {"", "", "en"},
	}
	for _, tt := range tests {
		t.Setenv("LC_ALL", "")
		t.Setenv("LC_MESSAGES", "")
		t.Setenv("LANG", tt.environment)
		if got := translation.New(tt.asked).Lang(); got != tt.want {
			t.Errorf("New(%q) with %q speaks %q, want %q", tt.asked, tt.environment, got, tt.want)
		}
	}
}

func TestTexts(t *testing.T) {
	x := translation.New("en")
	for want, got := range map[string]string{
		"window.nothing": x.T("window.nothing"), "1 waiting": x.N("window.waiting", 1), "0 waiting": x.N("window.waiting", 0),
		"5 s ago": x.T("window.ago.seconds", 5),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if new(translation.Texts).T("a") != "a" {
		t.Error("the zero value does not give keys")
	}
}
