package juicebox

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/flynn/noise"

	"perch/bridge/xchat/juicebox/internal/cbor"
)

// TestNoiseVectors has the vectors of snow (Apache-2.0 or MIT) for the protocol that realms speak.
func TestNoiseVectors(t *testing.T) {
	t.Parallel()
	prologue := unhex(t, "5468657265206973206e6f20726967687420616e642077726f6e672e2054686572652773206f6e6c792066756e20616e6420626f72696e672e")
	client := handshakeState(t, noise.Config{
		Initiator: true, Prologue: prologue, PeerStatic: unhex(t, "7d958d08584166c79388f9cacc925205bd71cd4f0a7167b308f324a7c6e74942"),
		Random: bytes.NewReader(unhex(t, "ffa34a634fe8c0472b389a4a6f58bd83fcbd1f1485dbbe661e473e0cf9d10772")),
	})
	static, err := suite.GenerateKeypair(bytes.NewReader(unhex(t, "16c132139807b0bd6c786c0c792fcb8d6380e4979508bbfd88f0b1baad1962d9")))
	if err != nil {
		t.Fatal(err)
	}
	server := handshakeState(t, noise.Config{
		Prologue: prologue, StaticKeypair: static,
		Random: bytes.NewReader(unhex(t, "49465a1c3a46e85fb871fc6693888cb991ae0fee45cf69c3483333dabbdbc362")),
	})
	said(t, client, server, "593f5bfced9397e5353babc5db89435febc360236d7179a911ad63d9df1223fa",
		"bbf0662c62550991df598de36eb5536bf88aa4bdd62a431456910014e1b2de18cc3a90dbf42617172f858f26eb4bd44171c705966fd75c48e2bc13935dc6c26fa61a31032c4ab9fa07dc36ba4c0c6448")
	said(t, server, client, "655871b39a3c53efbbb9a85babf8ae4612d3f061e0b1197d53591893901277d9",
		"bdc24a2702400fa23cb9d92db2dfeb2c25b12ae20536cc2fbb5938435339bb5c7c41e11daaf11c6846c33357bd78509b63d13653adb6e90a2b9497d438c9a3df7ecc6600966d099c3cd8a673fe239ef4")
}

// TestPaddingThatIsNone is what a realm may put into a session.
func TestPaddingThatIsNone(t *testing.T) {
	t.Parallel()
	good := cbor.Map{"unpadded_length": uint64(9), "padded_bytes": append(cbor.Encode("Recover1"), 0, 0)}
	if got, f := unpad(cbor.Encode(good)); f != nil || got != "Recover1" {
		t.Fatalf("%v, %+v", got, f)
	}
	for name, bad := range map[string]any{
		"no map": "Recover1", "empty": cbor.Map{}, "too long": cbor.Map{"unpadded_length": uint64(12), "padded_bytes": good["padded_bytes"]},
		"far too long": cbor.Map{"unpadded_length": uint64(1) << 63, "padded_bytes": good["padded_bytes"]},
		"cut":          cbor.Map{"unpadded_length": uint64(8), "padded_bytes": good["padded_bytes"]},
		"with padding": cbor.Map{"unpadded_length": uint64(10), "padded_bytes": good["padded_bytes"]},
		"text":         cbor.Map{"unpadded_length": uint64(9), "padded_bytes": "Recover1"},
	} {
		if got, f := unpad(cbor.Encode(bad)); f == nil || f.kind != Garbage {
			t.Errorf("%s: %v, %+v", name, got, f)
		}
	}
}

func handshakeState(t *testing.T, config noise.Config) *noise.HandshakeState {
	t.Helper()
	config.CipherSuite, config.Pattern = suite, noise.HandshakeNK
	state, err := noise.NewHandshakeState(config)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func said(t *testing.T, from, to *noise.HandshakeState, payload, want string) {
	t.Helper()
	message, _, _, err := from.WriteMessage(nil, unhex(t, payload))
	if err != nil || hex.EncodeToString(message) != want {
		t.Fatalf("%x, %v", message, err)
	}
	got, _, _, err := to.ReadMessage(nil, message)
	if err != nil || hex.EncodeToString(got) != payload {
		t.Fatalf("%x, %v", got, err)
	}
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
