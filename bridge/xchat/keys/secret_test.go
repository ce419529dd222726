package keys_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"perch/bridge/xchat/keys"
)

// holders hold secrets in every way in which a structure may.
type holders struct {
	Private      keys.Private
	Conversation keys.Conversation
	private      keys.Private
	conversation keys.Conversation
	Pointer      *keys.Private
	Any          any
	List         []keys.Conversation
	Map          map[string]keys.Conversation
	list         []keys.Private
}

func TestNothingShowsASecret(t *testing.T) {
	raw := bytes.Repeat([]byte{0xA7, 0x3C}, 32)
	private, err := keys.ParsePrivate(raw)
	if err != nil {
		t.Fatal(err)
	}
	conversation, err := keys.ParseConversation(raw[:32])
	if err != nil {
		t.Fatal(err)
	}
	all := holders{
		private, conversation, private, conversation, &private, conversation,
		[]keys.Conversation{conversation},
		map[string]keys.Conversation{"1": conversation},
		[]keys.Private{private},
	}
	var shown strings.Builder
	for _, value := range []any{all, &all, private, &private, conversation, &conversation, []any{private}, all.Map} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%b", "%o", "%c", "%U", "%t", "%e", "%w"} {
			fmt.Fprintf(&shown, verb+"\n", value)
		}
		encoded, err := json.Marshal(value)
		if err != nil {
			t.Error(err)
		}
		shown.Write(encoded)
		for _, handler := range []slog.Handler{slog.NewTextHandler(&shown, nil), slog.NewJSONHandler(&shown, nil)} {
			slog.New(handler).Info("here", "value", value)
		}
	}
	text := strings.ToLower(shown.String())
	for _, form := range []string{"a73c", "0xa7", "167 60", "a7 3c", "10100111", "247 74", base64.StdEncoding.EncodeToString(raw)[:8]} {
		if at := strings.Index(text, strings.ToLower(form)); at >= 0 {
			t.Errorf("%q is shown: %s", form, text[max(0, at-60):min(len(text), at+60)])
		}
	}
	if !strings.Contains(text, "(secret)") {
		t.Error("nothing was shown at all, so nothing was tried")
	}
	if private.String() != "(secret)" || conversation.String() != "(secret)" {
		t.Error("String shows something else")
	}
}

func TestErrorsHoldNothingOfAKey(t *testing.T) {
	for _, text := range []string{strings.Repeat("z", 88), strings.Repeat("/", 88), strings.Repeat("QUJD", 10), "private_keys_b64: QUJDQUJDQUJD"} {
		if _, err := keys.Import(text, "1"); err == nil || strings.Contains(err.Error(), text[:8]) && text[0] != 'p' || strings.Contains(err.Error(), "QUJD") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestImport(t *testing.T) {
	raw := bytes.Repeat([]byte{0xFB, 0xEF, 0x01, 0x3E}, 16)
	std, url, digits := base64.StdEncoding.EncodeToString(raw), base64.URLEncoding.EncodeToString(raw), hex.EncodeToString(raw)
	other := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, 64))
	yml := func(quote, indent, blob string) string {
		return "# written by xurl\nversion: 1\nusers:\n" + indent + quote + "111" + quote + ":\n" + indent + indent + "private_keys_b64: " + other +
			"\n" + indent + quote + "222" + quote + ":\n" + indent + indent + "key_version: \"1736001112223\"\n" + indent + indent + "private_keys_b64: " + blob + " # here\n"
	}
	for name, text := range map[string]string{
		"standard base64":     std,
		"without padding":     strings.TrimRight(std, "="),
		"URL alphabet":        url,
		"URL without padding": strings.TrimRight(url, "="),
		"white space around":  "\r\n\t " + std + " \n",
		"broken over lines":   std[:40] + "\r\n  " + std[40:],
		"quoted":              "\"" + std + "\"",
		"a byte order mark":   "\uFEFF" + std,
		"hex":                 digits,
		"hex in capitals":     strings.ToUpper(digits),
		"keys.yml":            yml("\"", "  ", std),
		"keys.yml unquoted":   yml("", "    ", std),
		"one line of it":      "    private_keys_b64: " + std + "\n",
		"as JSON":             `{"user_id":"222","keys":"` + std + `"}`,
		"as a variable":       "export CHAT_KEYS=" + strings.TrimRight(std, "="),
		"hex among words":     "private keys: 0x" + digits + ".",
		"twice":               "old: " + std + "\nnew: " + url,
		"keys.yml of Windows": strings.ReplaceAll(yml("'", "    ", "\""+std+"\""), "\n", "\r\n"),
	} {
		got, err := keys.Import(text, "222")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.Reveal() != std || !got.CanSign() {
			t.Errorf("%s: other keys came out", name)
		}
	}
	for name, text := range map[string]string{"base64": base64.StdEncoding.EncodeToString(raw[:32]), "hex": digits[:64]} {
		got, err := keys.Import(text, "222")
		if err != nil || got.CanSign() || got.Reveal() != base64.StdEncoding.EncodeToString(raw[:32]) || !got.Signing().IsZero() {
			t.Errorf("32 bytes as %s: %v", name, err)
		}
		if _, err := got.Sign([]byte("x")); err == nil {
			t.Errorf("32 bytes as %s sign", name)
		}
	}
}

func TestImportRefuses(t *testing.T) {
	order, _ := hex.DecodeString("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
	good := bytes.Repeat([]byte{1}, 32)
	b64 := base64.StdEncoding.EncodeToString
	join := func(parts ...[]byte) string { return b64(bytes.Join(parts, nil)) }
	for name, text := range map[string]string{
		"nothing": "", "words": "my secret key", "too short": b64(good[:31]), "in between": b64(bytes.Repeat([]byte{0xF9}, 48)), "too long": join(good, good, good[:1]),
		"all zero": join(make([]byte, 64)), "identity zero": join(make([]byte, 32), good), "signing zero": join(good, make([]byte, 32)),
		"identity is the order": join(order, good), "signing is the order": join(good, order), "all ones": join(bytes.Repeat([]byte{255}, 64)),
		"another account's file": "users:\n  \"1\":\n    private_keys_b64: " + join(good, good), "an empty entry": "users:\n  2:\n    private_keys_b64:\n  3:\n    private_keys_b64: " + join(good, good),
		"a key at the id itself": "users:\n  2: x\nprivate_keys_b64: " + join(good, good), "two keys": "a: " + join(good, good) + " b: " + join(good, good[:31], []byte{2}), "cut off among words": "keys: " + join(good, good)[:80], "a megabyte": strings.Repeat("A", 1<<20), "hex with a letter": strings.Repeat("0g", 64),
		"a public key": "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==",
	} {
		if got, err := keys.Import(text, "2"); err == nil || !got.IsZero() || got.Fingerprint() != "" {
			t.Errorf("%s is taken for keys", name)
		}
	}
}

func TestImportTellsHowMuchCame(t *testing.T) {
	for n, text := range map[string]string{"63 bytes": base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, 63)), "48 bytes": strings.Repeat("QUJD", 16)} {
		if _, err := keys.Import(text, "2"); !errors.Is(err, keys.ErrLength) || !strings.Contains(err.Error(), n) {
			t.Errorf("%s: %v", n, err)
		}
	}
}

func FuzzImport(f *testing.F) {
	raw := bytes.Repeat([]byte{0xFB, 0xEF, 0x01, 0x3E}, 16)
	f.Add(base64.StdEncoding.EncodeToString(raw), "1")
	f.Add(base64.RawURLEncoding.EncodeToString(raw[:32]), "")
	f.Add(hex.EncodeToString(raw), "1")
	f.Add("users:\n  \"1\":\n    private_keys_b64: "+base64.StdEncoding.EncodeToString(raw)+"\n", "1")
	f.Add("users:\n 1:\n  private_keys_b64:", "1")
	f.Fuzz(func(t *testing.T, text, user string) {
		got, err := keys.Import(text, user)
		if (err == nil) == got.IsZero() {
			t.Fatal("neither keys nor an error, or both")
		}
		if err != nil {
			return
		}
		again, err := keys.Import(got.Reveal(), "")
		if err != nil || again.Fingerprint() != got.Fingerprint() || again.CanSign() != got.CanSign() {
			t.Errorf("what is revealed is not what was imported: %v", err)
		}
	})
}
