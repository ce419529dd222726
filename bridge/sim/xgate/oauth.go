package xgate

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // OAuth 1.0a demands it
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// pair is one parameter of a signature, decoded.
type pair struct{ name, value string }

// percentEncode encodes by RFC 5849, section 3.6: everything but letters, digits, "-", ".", "_" and "~".
func percentEncode(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// normalize makes the parameter string of section 3.4.1.3.2: encoded, sorted by name and then by value, joined.
func normalize(params []pair) string {
	encoded := make([]pair, len(params))
	for i, p := range params {
		encoded[i] = pair{percentEncode(p.name), percentEncode(p.value)}
	}
	slices.SortFunc(encoded, func(a, b pair) int {
		if c := strings.Compare(a.name, b.name); c != 0 {
			return c
		}
		return strings.Compare(a.value, b.value)
	})
	joined := make([]string, len(encoded))
	for i, p := range encoded {
		joined[i] = p.name + "=" + p.value
	}
	return strings.Join(joined, "&")
}

// baseString makes the signature base string of section 3.4.1.1. address has no query.
func baseString(method, address string, params []pair) string {
	return strings.ToUpper(method) + "&" + percentEncode(address) + "&" + percentEncode(normalize(params))
}

// baseAddress makes the base string URI of section 3.4.1.2 out of what the request named.
func baseAddress(scheme, host, escapedPath string) string {
	host = strings.ToLower(host)
	if scheme == "http" {
		host = strings.TrimSuffix(host, ":80")
	} else {
		host = strings.TrimSuffix(host, ":443")
	}
	if escapedPath == "" {
		escapedPath = "/"
	}
	return scheme + "://" + host + escapedPath
}

// oauthSignature signs a base string with HMAC-SHA1 (section 3.4.2).
func oauthSignature(base, consumerSecret, tokenSecret string) string {
	mac := hmac.New(sha1.New, []byte(percentEncode(consumerSecret)+"&"+percentEncode(tokenSecret)))
	mac.Write([]byte(base))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// decodeForm reads a query or a form body into its parameters, in order.
func decodeForm(raw string) ([]pair, error) {
	var params []pair
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		n, err := url.QueryUnescape(name)
		if err != nil {
			return nil, err
		}
		v, err := url.QueryUnescape(value)
		if err != nil {
			return nil, err
		}
		params = append(params, pair{n, v})
	}
	return params, nil
}

// oauthNames are the parameters that X demands in the header; the version may be left out.
var oauthNames = []string{
	"oauth_consumer_key", "oauth_nonce", "oauth_signature", "oauth_signature_method", "oauth_timestamp", "oauth_token",
}

// parseAuthorization reads the header of section 3.5.1, whose scheme was already cut.
func parseAuthorization(header string) (map[string]string, error) {
	params := map[string]string{}
	for part := range strings.SplitSeq(header, ",") {
		name, value, found := strings.Cut(strings.TrimSpace(part), "=")
		if !found || len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' {
			return nil, fmt.Errorf("parameter %q is not name=\"value\"", name)
		}
		n, err1 := url.PathUnescape(name)
		v, err2 := url.PathUnescape(value[1 : len(value)-1])
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		if percentEncode(v) != value[1:len(value)-1] && n != "realm" {
			return nil, fmt.Errorf("value of %s is not percent-encoded", n)
		}
		if _, twice := params[n]; twice {
			return nil, fmt.Errorf("%s appears twice", n)
		}
		params[n] = v
	}
	return params, checkOAuth(params)
}

func checkOAuth(params map[string]string) error {
	for _, name := range oauthNames {
		if params[name] == "" {
			return fmt.Errorf("%s is missing", name)
		}
	}
	if params["oauth_signature_method"] != "HMAC-SHA1" {
		return errors.New("the signature method is not HMAC-SHA1")
	}
	if version, given := params["oauth_version"]; given && version != "1.0" {
		return errors.New("the version is not 1.0")
	}
	return nil
}
