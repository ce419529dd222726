package reach

import (
	"strings"
	"testing"

	"perch/bridge"
)

func TestWhatCannotBeFetchedIsNamed(t *testing.T) {
	for want, w := range map[string]bridge.Wanted{
		"":                               {Encrypted: true, Chat: true},
		"quotes of":                      {Mentions: true, Encrypted: true, Chat: true},
		"encrypted messages of":          {Encrypted: true},
		"quotes and encrypted messages ": {Mentions: true, Encrypted: true},
	} {
		if got := unaskable(w); !strings.HasPrefix(got, want) || (want == "") != (got == "") {
			t.Errorf("%+v: %q", w, got)
		}
	}
}
