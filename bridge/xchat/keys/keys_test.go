package keys_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"perch/bridge/xchat/keys"
)

func b64(raw []byte) string { return base64.StdEncoding.EncodeToString(raw) }

// generate makes private keys and the row in which X would give the public ones.
func generate(t testing.TB, version string) (keys.Private, keys.Row) {
	t.Helper()
	for {
		raw := make([]byte, 64)
		_, _ = rand.Read(raw)
		private, err := keys.ParsePrivate(raw)
		if err != nil {
			continue // one in 2³² is out of range
		}
		binding, err := private.Sign(private.Identity().SPKI())
		if err != nil {
			t.Fatal(err)
		}
		return private, keys.Row{Version: version, Identity: private.Identity().String(), Signing: private.Signing().String(), Binding: b64(binding)}
	}
}

func TestVersionsCompareByValue(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want int
	}{
		{"1", "1", 0},
		{"9", "10", -1},
		{"10", "9", 1},
		{"1795803901932", "999", 1},
		{"0010", "10", 0},
		{"", "0", -1},
		{"0", "", 1},
		{"", "", 0},
		{"0", "0", 0},
		{"99999999999999999999", "100000000000000000000", -1},
		{"2070276095283454002", "2070276095283454001", 1},
	} {
		if got := keys.CompareVersions(tc.a, tc.b); got != tc.want {
			t.Errorf("%q against %q: %d, want %d", tc.a, tc.b, got, tc.want)
		}
	}
	for text, want := range map[string]bool{"1": true, "": false, "-1": false, "1.0": false, "1,2": false, "x": false, "١": false, "123456789012345678901234567890123": false} {
		if got := keys.IsVersion(text); got != want {
			t.Errorf("%q is a version: %v", text, got)
		}
	}
}

func TestARecordNeedsItsBinding(t *testing.T) {
	private, row := generate(t, "17")
	record, err := row.Verify()
	if err != nil {
		t.Fatal(err)
	}
	if found, ok := private.Match([]keys.Record{record}); !ok || found.Version() != "17" || !record.Identity().Equal(private.Identity()) {
		t.Error("the account's own keys do not match their record")
	}
	_, other := generate(t, "18")
	for name, odd := range map[string]keys.Row{
		"another identity":     {row.Version, other.Identity, row.Signing, row.Binding},
		"another signer":       {row.Version, row.Identity, other.Signing, row.Binding},
		"another binding":      {row.Version, row.Identity, row.Signing, other.Binding},
		"no binding":           {row.Version, row.Identity, row.Signing, ""},
		"a binding of zeros":   {row.Version, row.Identity, row.Signing, b64(make([]byte, 64))},
		"no identity":          {row.Version, "", row.Signing, row.Binding},
		"no signer":            {row.Version, row.Identity, "", row.Binding},
		"no version":           {"", row.Identity, row.Signing, row.Binding},
		"a version of words":   {"first", row.Identity, row.Signing, row.Binding},
		"a point on no curve":  {row.Version, b64(append([]byte{4}, make([]byte, 64)...)), row.Signing, row.Binding},
		"an identity of 1 MB":  {row.Version, string(bytes.Repeat([]byte("A"), 1<<20)), row.Signing, row.Binding},
		"a key of other curve": {row.Version, "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=", row.Signing, row.Binding},
	} {
		if _, err := odd.Verify(); err == nil {
			t.Errorf("%s: it passes for a record", name)
		}
	}
	records, refused := keys.Verify([]keys.Row{{Version: "9", Identity: row.Identity, Signing: row.Signing, Binding: row.Binding}, {}, other, row})
	if refused != 1 || len(records) != 3 || records[0].Version() != "18" || records[2].Version() != "9" {
		t.Errorf("%d refused, and the newest is not first: %v", refused, len(records))
	}
	if _, ok := private.Match(records[:1]); ok {
		t.Error("keys match another account's record")
	}
	stranger, _ := generate(t, "1")
	raw, _ := base64.StdEncoding.DecodeString(private.Reveal())
	theirs, _ := base64.StdEncoding.DecodeString(stranger.Reveal())
	if mixed, err := keys.ParsePrivate(append(bytes.Clone(raw[:32]), theirs[32:]...)); err != nil {
		t.Error(err)
	} else if _, ok := mixed.Match([]keys.Record{record}); ok {
		t.Error("keys match although the signing key is another one")
	}
	if half, err := keys.ParsePrivate(raw[:32]); err != nil {
		t.Error(err)
	} else if _, ok := half.Match([]keys.Record{record}); !ok {
		t.Error("keys that only read do not match")
	}
}

func TestPublicKeysInEveryForm(t *testing.T) {
	private, row := generate(t, "1")
	spki := private.Identity().SPKI()
	point := spki[26:]
	compressed := append([]byte{2 + point[64]&1}, point[1:33]...)
	for name, text := range map[string]string{
		"91 bytes": row.Identity, "65 bytes": b64(point), "33 bytes": b64(compressed), "without padding": base64.RawStdEncoding.EncodeToString(point),
	} {
		got, err := keys.ParsePublic(text)
		if err != nil || !got.Equal(private.Identity()) || got.Fingerprint() != private.Fingerprint() {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(spki) != 91 || len(row.Identity) != 124 || len(private.Fingerprint()) != 43 {
		t.Errorf("a key has %d bytes, %d characters, its fingerprint %d", len(spki), len(row.Identity), len(private.Fingerprint()))
	}
	for name, raw := range map[string][]byte{
		"empty": nil, "infinity": {0}, "short": point[:64], "long": append(bytes.Clone(point), 0), "hybrid": append([]byte{6}, point[1:]...),
		"x alone": append([]byte{2}, bytes.Repeat([]byte{255}, 32)...), "91 of a compressed": append(bytes.Clone(spki[:26]), compressed...),
	} {
		if got, err := keys.ParsePublic(b64(raw)); err == nil || !got.IsZero() {
			t.Errorf("%s passes for a key", name)
		}
	}
}

func TestWrapping(t *testing.T) {
	private, _ := generate(t, "1")
	other, _ := generate(t, "1")
	key := keys.NewConversation()
	wrapped, err := key.Wrap(private.Identity())
	if err != nil || len(wrapped) != 152 {
		t.Fatalf("%d characters, %v", len(wrapped), err)
	}
	again, _ := key.Wrap(private.Identity())
	if again == wrapped {
		t.Error("wrapping twice gives the same")
	}
	if got, err := private.Unwrap(wrapped); err != nil || !got.Equal(key) {
		t.Errorf("what was wrapped does not open: %v", err)
	}
	if _, err := other.Unwrap(wrapped); !errors.Is(err, keys.ErrUnwrap) {
		t.Errorf("somebody else opens it: %v", err)
	}
	raw, _ := base64.StdEncoding.DecodeString(wrapped)
	for bit := range len(raw) * 8 {
		raw[bit/8] ^= 1 << (bit % 8)
		if got, err := private.Unwrap(b64(raw)); err == nil || !got.IsZero() {
			t.Fatalf("it opens with bit %d flipped", bit)
		}
		raw[bit/8] ^= 1 << (bit % 8)
	}
	for _, n := range []int{0, 65, 80, 81, 112} {
		if _, err := private.Unwrap(b64(raw[:n])); err == nil {
			t.Errorf("%d bytes open", n)
		}
	}
	if _, err := key.Wrap(keys.Public{}); err == nil {
		t.Error("a key is wrapped to nobody")
	}
	if _, err := (keys.Conversation{}).Wrap(private.Identity()); err == nil {
		t.Error("no key is wrapped")
	}
}

func TestTheBox(t *testing.T) {
	key := keys.NewConversation()
	for _, plain := range [][]byte{nil, []byte("x"), bytes.Repeat([]byte("long "), 10_000)} {
		sealed, err := key.Seal(plain)
		if err != nil || len(sealed) != 24+16+len(plain) {
			t.Fatalf("%d bytes become %d: %v", len(plain), len(sealed), err)
		}
		if got, err := key.Open(sealed); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes do not come out again: %v", len(plain), err)
		}
		for at := range min(len(sealed), 60) {
			sealed[at] ^= 0x10
			if _, err := key.Open(sealed); err == nil {
				t.Errorf("it opens with byte %d changed", at)
			}
			sealed[at] ^= 0x10
		}
		if _, err := keys.NewConversation().Open(sealed); err == nil {
			t.Error("it opens with another key")
		}
	}
	for n := range 40 {
		if _, err := key.Open(make([]byte, n)); err == nil {
			t.Errorf("%d bytes open", n)
		}
	}
}

func TestSignatures(t *testing.T) {
	private, _ := generate(t, "1")
	text := []byte("MessageCreateEvent,1,2")
	signature, err := private.Sign(text)
	if err != nil || len(signature) != 64 {
		t.Fatal(len(signature), err)
	}
	if again, _ := private.Sign(text); !bytes.Equal(again, signature) {
		t.Error("signing twice gives two signatures")
	}
	public := private.Signing()
	if !public.Verify(text, signature) || !public.VerifyText(text, base64.RawStdEncoding.EncodeToString(signature)) || !public.VerifyText(text, b64(signature)) {
		t.Error("a good signature does not verify")
	}
	for bit := range 512 {
		signature[bit/8] ^= 1 << (bit % 8)
		if public.Verify(text, signature) {
			t.Errorf("it verifies with bit %d flipped", bit)
		}
		signature[bit/8] ^= 1 << (bit % 8)
	}
	text86 := base64.RawStdEncoding.EncodeToString(signature)
	last := strings.IndexByte("AQgw", text86[85])
	if last < 0 || public.VerifyText(text, text86[:85]+string("BRhx"[last])) || public.VerifyText(text, text86+"A") || public.VerifyText(text, text86[:85]) {
		t.Error("a signature verifies in two ways of writing")
	}
	if public.Verify(append(text, 'x'), signature) || public.Verify(text, signature[:63]) || public.Verify(text, nil) ||
		public.Verify(text, make([]byte, 64)) || private.Identity().Verify(text, signature) || (keys.Public{}).Verify(text, signature) {
		t.Error("something else verifies")
	}
}

func TestKeysCheckThemselves(t *testing.T) {
	private, _ := generate(t, "1")
	raw, _ := base64.StdEncoding.DecodeString(private.Reveal())
	half, err := keys.ParsePrivate(raw[:32])
	if err != nil || private.Check() != nil || half.Check() != nil {
		t.Errorf("good keys do not work: %v", err)
	}
	if err := (keys.Private{}).Check(); !errors.Is(err, keys.ErrCheck) {
		t.Errorf("no keys: %v", err)
	}
}

func TestNoKeysDoNothing(t *testing.T) {
	var private keys.Private
	var conversation keys.Conversation
	if _, err := private.Sign(nil); err == nil || private.CanSign() || private.Reveal() != "" || !private.Identity().IsZero() || !private.Signing().IsZero() {
		t.Error("no private keys do something")
	}
	if _, err := private.Unwrap(b64(make([]byte, 113))); err == nil {
		t.Error("no private keys unwrap")
	}
	if _, ok := private.Match([]keys.Record{{}}); ok {
		t.Error("no private keys match no record")
	}
	if _, err := conversation.Seal(nil); err == nil || conversation.Reveal() != nil || conversation.Equal(conversation) {
		t.Error("no conversation's key does something")
	}
	if _, err := conversation.Open(make([]byte, 64)); err == nil {
		t.Error("no conversation's key opens")
	}
}

func FuzzRecord(f *testing.F) {
	_, row := generate(f, "1736001112223")
	f.Add(row.Version, row.Identity, row.Signing, row.Binding)
	f.Add("1", "", "AAAA", "=")
	f.Fuzz(func(t *testing.T, version, identity, signing, binding string) {
		record, err := keys.Row{Version: version, Identity: identity, Signing: signing, Binding: binding}.Verify()
		if err != nil {
			return
		}
		if record.Identity().IsZero() || record.Signing().IsZero() || !keys.IsVersion(record.Version()) {
			t.Error("a record without its keys")
		}
		if _, err := keys.NewConversation().Wrap(record.Identity()); err != nil {
			t.Errorf("nothing can be wrapped to a record: %v", err)
		}
	})
}
