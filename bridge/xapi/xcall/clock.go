package xcall

import (
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/dghubble/oauth1"
)

// clockShift lets dghubble/oauth1, whose clock cannot be set, sign by X's clock: as its signer it changes the
// timestamp in what is signed, as its transport the same timestamp in the header.
type clockShift struct {
	base   http.RoundTripper
	signer oauth1.Signer
	ahead  time.Duration
}

var (
	stampInBase   = regexp.MustCompile(`oauth_timestamp%3D[0-9]+`)
	stampInHeader = regexp.MustCompile(`oauth_timestamp="[0-9]+"`)
)

// Name implements oauth1.Signer.
func (s *clockShift) Name() string { return s.signer.Name() }

// Sign implements oauth1.Signer.
func (s *clockShift) Sign(tokenSecret, message string) (string, error) {
	if s.ahead != 0 {
		message = stampInBase.ReplaceAllStringFunc(message, func(m string) string {
			return m[:len("oauth_timestamp%3D")] + s.shifted(m[len("oauth_timestamp%3D"):])
		})
	}
	return s.signer.Sign(tokenSecret, message)
}

// RoundTrip implements http.RoundTripper.
func (s *clockShift) RoundTrip(r *http.Request) (*http.Response, error) {
	if header := r.Header.Get("Authorization"); s.ahead != 0 && header != "" {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", stampInHeader.ReplaceAllStringFunc(header, func(m string) string {
			return `oauth_timestamp="` + s.shifted(m[len(`oauth_timestamp="`):len(m)-1]) + `"`
		}))
	}
	return s.base.RoundTrip(r)
}

func (s *clockShift) shifted(stamp string) string {
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return stamp
	}
	return strconv.FormatInt(seconds+int64(s.ahead/time.Second), 10)
}
