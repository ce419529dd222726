package keys

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
)

var (
	// ErrForm says that a text holds no keys in any form that is known.
	ErrForm = errors.New("this is no account's keys: base64 of 64 bytes (88 characters), 128 hexadecimal digits or xurl's keys.yml is what they look like")
	// ErrOtherAccount says that a file has the keys of other accounts only.
	ErrOtherAccount = errors.New("the file has keys of other accounts, but none of this one")
)

// maxImport is how long a text may be that keys are imported from (bytes): a keys.yml of some hundred accounts.
const maxImport = 64 << 10

// Import reads an account's private keys as people paste them: base64 in the standard or the URL alphabet, padded or not;
// hexadecimal digits; or the whole of xurl's keys.yml, of which it takes what stands under the account's user id. White
// space, also within, and quotes around do not matter. Where all of a text is in no such form, it takes the one full key
// that stands among other words.
func Import(text, userID string) (Private, error) {
	if len(text) > maxImport {
		return Private{}, ErrForm
	}
	if strings.Contains(text, entryKeys+":") && strings.Contains(text, entryUsers+":") {
		entry, ok := yamlEntry(text, userID)
		if !ok {
			return Private{}, ErrOtherAccount
		}
		text = entry
	}
	raw, ok := decodeAny(tidy(text))
	if !ok || (len(raw) != fullSize && len(raw) != scalarSize) {
		if found := among(text); found != nil {
			raw, ok = found, true
		}
	}
	if !ok {
		return Private{}, ErrForm
	}
	defer clear(raw)
	return ParsePrivate(raw)
}

// among finds the one full key among a text's words; nil when there is none, or more than one.
func among(text string) []byte {
	var found []byte
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !strings.ContainsRune(keyLetters, r) }) {
		raw, ok := decodeAny(word)
		switch {
		case !ok || len(raw) != fullSize:
		case found != nil && !bytes.Equal(found, raw):
			return nil
		default:
			found = raw
		}
	}
	return found
}

// keyLetters are those of both alphabets of base64, without the padding.
const keyLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"

// tidy leaves out what pasting adds.
func tidy(text string) string {
	text = strings.Trim(strings.TrimPrefix(text, "\uFEFF"), " \t\r\n\"'`")
	return strings.Join(strings.Fields(text), "")
}

func decodeAny(text string) ([]byte, bool) {
	digits := strings.TrimPrefix(text, "0x")
	if len(digits) == hex.EncodedLen(fullSize) || len(digits) == hex.EncodedLen(scalarSize) {
		if raw, err := hex.DecodeString(digits); err == nil {
			return raw, true
		}
	}
	text = strings.TrimRight(text, "=")
	for _, alphabet := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if raw, err := alphabet.DecodeString(text); err == nil && len(raw) > 0 {
			return raw, true
		}
	}
	return nil, false
}
