package typeset

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/fontscan"
	"github.com/go-text/typesetting/language"
)

// System is an index of the fonts of this computer.
type System []fontscan.Footprint

// silent keeps the index from writing to the standard error what it cannot read.
type silent struct{}

// Printf implements fontscan.Logger.
func (silent) Printf(string, ...any) {}

// ThisSystem looks the system's fonts up, once. The first time on a computer takes up to seconds; what it finds is kept in
// the user's folder for caches, or nowhere when that cannot be written to. Fyne looks them up too, when it measures its
// first text, and the two share what they find: whoever wants them on a full disk has to come first.
func ThisSystem() (System, error) { return thisSystem() }

var thisSystem = sync.OnceValues(func() (System, error) {
	folder := ""
	if cache, err := os.UserCacheDir(); err != nil || !canWrite(cache) {
		if folder, err = os.MkdirTemp("", "perch-fonts-"); err != nil {
			return nil, fmt.Errorf("look up the system's fonts: %w", err)
		}
		defer func() { _ = os.RemoveAll(folder) }()
	}
	found, err := fontscan.SystemFonts(silent{}, folder)
	if err != nil {
		return nil, fmt.Errorf("look up the system's fonts: %w", err)
	}
	return found, nil
})

func canWrite(folder string) bool {
	if os.MkdirAll(folder, 0o700) != nil {
		return false
	}
	file, err := os.CreateTemp(folder, "perch-fonts-")
	if err != nil {
		return false
	}
	_, err = file.Write(make([]byte, 1<<20)) // about what the index takes
	_ = file.Close()
	_ = os.Remove(file.Name())
	return err == nil
}

// choose returns the best font for a character of a script.
func (s System) choose(want request) (font.FontID, bool) {
	preferred := families[want.script]
	if want.isEmoji {
		preferred = emojiFamilies
	}
	best := slices.IndexFunc(s, want.isMetBy)
	if best < 0 {
		return font.FontID{}, false
	}
	rank := func(f fontscan.Footprint) [3]int {
		at := slices.Index(preferred, f.Family)
		if at < 0 {
			at = len(preferred) + unlike(f.Family)
		}
		slant := 0
		if f.Aspect.Style == font.StyleItalic {
			slant = 1
		}
		return [3]int{at, slant, int(max(f.Aspect.Weight, 400)-min(f.Aspect.Weight, 400)) + int(100*max(f.Aspect.Stretch-1, 1-f.Aspect.Stretch))}
	}
	top := rank(s[best])
	for i := best + 1; i < len(s); i++ {
		if !want.isMetBy(s[i]) {
			continue
		}
		if r := rank(s[i]); slices.Compare(r[:], top[:]) < 0 || slices.Equal(r[:], top[:]) && cmp.Less(s[i].Location.File, s[best].Location.File) {
			best, top = i, r
		}
	}
	return s[best].Location, true
}

// unlike tells how little a family looks like the rest of the window.
func unlike(family string) int {
	for i, part := range []string{"lastresort", "unifont", "serif", "mono", "emoji", "symbol", "ui"} {
		if strings.Contains(family, part) {
			return 8 - i
		}
	}
	if strings.Contains(family, "sans") {
		return 0
	}
	return 1
}

// request is one font that a text needs.
type request struct {
	script  language.Script
	isEmoji bool
	r       rune // 0: any of the script
}

// thumb stands for all pictures: fonts of symbols have some, in black and white.
const thumb = 0x1F44D

func (q request) isMetBy(f fontscan.Footprint) bool {
	switch {
	case q.isEmoji:
		return slices.Contains(emojiFamilies, f.Family) && f.Runes.Contains(thumb)
	case q.r != 0 && strings.Contains(f.Family, "emoji"), strings.Contains(f.Family, "lastresort"):
		return false
	}
	return f.Runes.Contains(q.r)
}

// load reads a font.
func load(id font.FontID) (*font.Font, error) {
	file, err := os.Open(id.File)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	members, err := opentype.NewLoaders(file)
	if err != nil {
		return nil, err
	}
	if int(id.Index) >= len(members) {
		return nil, fmt.Errorf("%s has changed since it was looked up", id.File)
	}
	return font.NewFont(members[id.Index])
}
