package secret

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

const fuzzPhrase = "correct horse battery staple"

// Whatever is in a vault's file: nothing panics, nothing costs much, and what is wrong is one of the errors that people can
// do something about, without a word of the content.
func FuzzUnseal(f *testing.F) {
	const secret = "a very secret value"
	sealed, err := seal(map[string]string{"x.consumer_key": secret}, fuzzPhrase, 1)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add(sealed[:len(sealed)/2])
	f.Add([]byte("age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 30\n"))
	f.Add([]byte("age-encryption.org/v1\n-> X25519 AAAA\nAAAA\n--- AAAA\n"))
	f.Add([]byte("<html></html>"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		values, err := unseal(sealed, fuzzPhrase)
		if err == nil {
			if values["x.consumer_key"] != secret && len(values) > 0 {
				t.Errorf("opened what nobody sealed: %v", values)
			}
			return
		}
		if !errors.Is(err, ErrWrongPassphrase) && !errors.Is(err, ErrDamaged) {
			t.Errorf("an error of its own kind: %v", err)
		}
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the error quotes the content: %v", err)
		}
	})
}

// Whatever is in the file that keeps the passphrase: what is taken from it is there.
func FuzzPassphraseFile(f *testing.F) {
	for _, text := range []string{fuzzPhrase + "\n", "\xef\xbb\xbf" + fuzzPhrase, "two\nlines\n", "", "\n", "\x00\x00", strings.Repeat("x", 5000), "\xff\xfe", "  blanks  \r\n"} {
		f.Add([]byte(text))
	}
	path := filepath.Join(f.TempDir(), "kept")
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		phrase, err := readPassphraseFile(path)
		if err != nil {
			return
		}
		if phrase == "" {
			t.Errorf("took %q", phrase)
		}
		if !strings.Contains(string(text), phrase) || utf8.ValidString(string(text)) && !utf8.ValidString(phrase) {
			t.Errorf("took %q, which is not there", phrase)
		}
	})
}
