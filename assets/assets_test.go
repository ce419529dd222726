package assets_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"perch/assets"
)

func decode(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestEveryStateHasAnIconInEverySize(t *testing.T) {
	for _, state := range append(assets.States(), assets.App) {
		for _, size := range assets.Sizes() {
			if got := decode(t, assets.Icon(state, size)).Bounds().Dx(); got != size {
				t.Errorf("%s at %d has %d pixels", state, size, got)
			}
		}
		if first, second := assets.Icon(state, 20), assets.Icon(state, 22); &first[0] != &second[0] {
			t.Errorf("%s: the bytes are not the same at the second call", state)
		}
		if got := decode(t, assets.Icon(state, 999)).Bounds().Dx(); got != 256 {
			t.Errorf("%s at 999 has %d pixels, want the largest there is", state, got)
		}
		checkICO(t, state, assets.ICO(state))
	}
	if assets.Icon("sleepy", 16) != nil || assets.ICO("sleepy") != nil {
		t.Error("an unknown state has an icon")
	}
}

// checkICO makes sure that the images which Windows' tray uses are bitmaps: it does not take PNG there.
func checkICO(t *testing.T, state string, ico []byte) {
	t.Helper()
	count := int(binary.LittleEndian.Uint16(ico[4:]))
	for i := range count {
		entry := ico[6+16*i:]
		at, size := binary.LittleEndian.Uint32(entry[12:]), binary.LittleEndian.Uint32(entry[8:])
		if int(at+size) > len(ico) {
			t.Fatalf("%s: image %d is outside the file", state, i)
		}
		if width := int(entry[0]); width != 0 && binary.LittleEndian.Uint32(ico[at:]) != 40 {
			t.Errorf("%s: the image of %d pixels is no bitmap", state, width)
		}
	}
}

// TestStatesDifferByShape compares the outlines at the smallest size, as somebody sees them who sees no colours.
func TestStatesDifferByShape(t *testing.T) {
	const enough = 12 // pixels of 256
	states := assets.States()
	for i, a := range states {
		for _, b := range states[i+1:] {
			one, other, n := decode(t, assets.Icon(a, 16)), decode(t, assets.Icon(b, 16)), 0
			for y := range 16 {
				for x := range 16 {
					_, _, _, p := one.At(x, y).RGBA()
					_, _, _, q := other.At(x, y).RGBA()
					if max(p, q)-min(p, q) > 0x5000 {
						n++
					}
				}
			}
			if n < enough {
				t.Errorf("the outlines of %s and %s differ in %d pixels only", a, b, n)
			}
		}
	}
}

var verb = regexp.MustCompile(`%[^%]`)

func TestLanguagesHaveTheSameKeysAndVerbs(t *testing.T) {
	english := readTexts(t, "en")
	for _, lang := range []string{"it"} {
		texts := readTexts(t, lang)
		for key, text := range texts {
			if _, ok := english[key]; !ok {
				t.Errorf("%s has %s, en has not", lang, key)
			}
			if text == "" {
				t.Errorf("%s: %s is empty", lang, key)
			}
		}
		for key, text := range english {
			got, ok := texts[key]
			if !ok {
				t.Errorf("%s lacks %s", lang, key)
			} else if a, b := verb.FindAllString(text, -1), verb.FindAllString(got, -1); !slices.Equal(a, b) {
				t.Errorf("%s: %s has the verbs %v, want %v", lang, key, b, a)
			}
		}
	}
}

// readTexts also holds the files to one key a line, sorted, so that they are easily merged.
func readTexts(t *testing.T, lang string) map[string]string {
	t.Helper()
	data, err := os.ReadFile("translation/" + lang + ".json")
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
	if len(keys) != len(texts) {
		t.Errorf("%s: %d lines with a key, %d keys: one key a line, each once", lang, len(keys), len(texts))
	}
	if !slices.IsSorted(keys) {
		t.Errorf("%s: the keys are not sorted", lang)
	}
	return texts
}

func TestTranslatorChoosesTheLanguage(t *testing.T) {
	for _, c := range []struct{ lang, all, messages, env, want string }{
		{want: "Start"},
		{lang: "it", want: "Avvia"},
		{lang: "it_IT.UTF-8", env: "en_US.UTF-8", want: "Avvia"},
		{env: "it_CH.UTF-8", want: "Avvia"},
		{all: "C", env: "it_IT", want: "Start"},
		{all: "it", env: "en", want: "Avvia"},
		{messages: "it_IT", env: "en_US", want: "Avvia"},
		{lang: "sw", want: "Start"},
		{env: "../x", want: "Start"},
		{env: ".UTF-8", want: "Start"},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			t.Setenv("LC_ALL", c.all)
			t.Setenv("LC_MESSAGES", c.messages)
			t.Setenv("LANG", c.env)
			if got := assets.Translator(c.lang)("tray.start"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestTranslatorFormatsAndKeepsUnknownKeys(t *testing.T) {
	tr := assets.Translator("en")
	if got := tr("tray.attention", 3); got != "Needs attention (3)" {
		t.Error(got)
	}
	if got := tr("no.such.key", 1); got != "no.such.key" {
		t.Error(got)
	}
}
