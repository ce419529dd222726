package window

import (
	"errors"
	"testing"
)

// held is a Memory; full ones take nothing.
type held struct {
	data []byte
	full bool
}

func (h *held) Read() []byte { return h.data }

func (h *held) Write(data []byte) error {
	if h.full {
		return errors.New("full")
	}
	h.data = data
	return nil
}

func TestPreferencesWhereThereAreNoFiles(t *testing.T) {
	t.Parallel()
	h := &held{}
	p := preferencesIn(h)
	p.Set("theme", "dark")
	if err := p.Save(); err != nil {
		t.Fatal(err)
	}
	theme := ""
	if !preferencesIn(h).Get("theme", &theme) || theme != "dark" {
		t.Errorf("%q of %s", theme, h.data)
	}
	for _, spoilt := range []string{"", "null", "[]", `{"theme"`, "\x00"} {
		if preferencesIn(&held{data: []byte(spoilt)}).Get("theme", &theme) {
			t.Errorf("%q has a theme", spoilt)
		}
	}
	h.full = true
	if p.Save() == nil {
		t.Error("a memory that takes nothing is not told")
	}
}
