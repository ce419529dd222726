//go:build !windows && !darwin

package desk

import (
	"bytes"
	"context"
	"encoding/binary"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAwaitWaitsForAPanelAndNoLongerThanTheGrace(t *testing.T) {
	const grace = 2 * time.Second
	for name, c := range map[string]struct {
		comes time.Duration
		want  Answer
		took  time.Duration
	}{"at once": {0, Yes, 0}, "late": {time.Second, Yes, time.Second}, "too late": {time.Minute, No, grace}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				got := await(t.Context(), func(context.Context) Answer {
					if time.Since(began) >= c.comes {
						return Yes
					}
					return No
				}, grace)
				if took := time.Since(began); got != c.want || took != c.took {
					t.Errorf("%q after %v, want %q after %v", got, took, c.want, c.took)
				}
			})
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := await(ctx, func(context.Context) Answer { return Unknown }, time.Hour); got != Unknown {
		t.Errorf("interrupted: %q", got)
	}
}

func TestPartsOfADisplaysName(t *testing.T) {
	for display, want := range map[string]struct {
		host           string
		number, screen int
		ok             bool
	}{
		":0": {"", 0, 0, true}, ":12.1": {"", 12, 1, true}, "localhost:10.0": {"localhost", 10, 0, true}, "[::1]:2": {"[::1]", 2, 0, true},
		"": {}, "x": {}, ":": {}, ":0.x": {},
	} {
		host, number, screen, ok := parseDisplay(display)
		if ok != want.ok || (ok && (host != want.host || number != want.number || screen != want.screen)) {
			t.Errorf("%q: %q %d %d %v", display, host, number, screen, ok)
		}
	}
}

// cookies writes a file as X does.
func cookies(entries ...[]string) []byte {
	var b bytes.Buffer
	for _, e := range entries {
		_ = binary.Write(&b, binary.BigEndian, map[string]uint16{"local": familyLocal, "wild": familyWild, "ip": 0}[e[0]])
		for _, field := range e[1:] {
			_ = binary.Write(&b, binary.BigEndian, uint16(len(field)))
			b.WriteString(field)
		}
	}
	return b.Bytes()
}

func TestCookieOfADisplay(t *testing.T) {
	a, b := strings.Repeat("a", 16), strings.Repeat("b", 16)
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"ours":                {cookies([]string{"local", "pc", "0", cookieName, b}, []string{"local", "pc", "7", cookieName, a}), a},
		"any display":         {cookies([]string{"local", "pc", "", cookieName, a}), a},
		"any computer":        {cookies([]string{"wild", "", "7", cookieName, a}), a},
		"another computer":    {cookies([]string{"local", "other", "7", cookieName, b}), ""},
		"by address":          {cookies([]string{"ip", "\x7f\x00\x00\x01", "7", cookieName, b}), ""},
		"another method":      {cookies([]string{"wild", "", "7", "XDM-AUTHORIZATION-1", b}), ""},
		"no cookie at all":    {cookies([]string{"wild", "", "7", cookieName, "short"}), ""},
		"nothing":             {nil, ""},
		"cut in the middle":   {cookies([]string{"wild", "", "7", cookieName, a})[:30], ""},
		"a length that's big": {[]byte{0xff, 0xff, 0xff, 0xff, 1}, ""},
	} {
		want := ""
		if c.want != "" {
			want = strings.Repeat(map[string]string{a: "61", b: "62"}[c.want], 16)
		}
		if got := findCookie(bytes.NewReader(c.file), "pc", "7"); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func FuzzCookieOfADisplay(f *testing.F) {
	f.Add(cookies([]string{"wild", "", "7", cookieName, strings.Repeat("a", 16)}))
	f.Add([]byte{1, 0, 0})
	f.Fuzz(func(t *testing.T, file []byte) {
		if got := findCookie(bytes.NewReader(file), "pc", "7"); got != "" && len(got) != 2*cookieBytes {
			t.Errorf("a cookie of %d digits", len(got))
		}
	})
}
