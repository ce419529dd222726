package xgate

import "testing"

// The example of X's documentation, "Creating a signature", in its two published versions.
func TestOAuth_SignsAsInXsDocumentation(t *testing.T) {
	t.Parallel()
	params := []pair{
		{"status", "Hello Ladies + Gentlemen, a signed OAuth request!"},
		{"include_entities", "true"},
		{"oauth_consumer_key", "xvz1evFS4wEEPTGEFPHBog"},
		{"oauth_nonce", "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg"},
		{"oauth_signature_method", "HMAC-SHA1"},
		{"oauth_timestamp", "1318622958"},
		{"oauth_token", "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"},
		{"oauth_version", "1.0"},
	}
	const consumer, token = "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw", "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE"
	for address, want := range map[string]string{
		"https://api.twitter.com/1/statuses/update.json":   "tnnArxj06cWHq44gCs1OSKk/jLY=",
		"https://api.twitter.com/1.1/statuses/update.json": "hCtSmYh+iHYCEqBWrE7C7hYmtUk=",
	} {
		if got := oauthSignature(baseString("post", address, params), consumer, token); got != want {
			t.Errorf("%s: signature %s, want %s", address, got, want)
		}
	}
}

// RFC 5849, sections 3.4.1.1 to 3.4.1.3.
func TestOAuth_NormalizesAsInTheRFC(t *testing.T) {
	t.Parallel()
	var params []pair
	for _, raw := range []string{"b5=%3D%253D&a3=a&c%40=&a2=r%20b", "c2&a3=2+q"} {
		some, err := decodeForm(raw)
		if err != nil {
			t.Fatal(err)
		}
		params = append(params, some...)
	}
	params = append(params, pair{"oauth_consumer_key", "9djdj82h48djs9d2"}, pair{"oauth_token", "kkk9d7dh3k39sjv7"},
		pair{"oauth_signature_method", "HMAC-SHA1"}, pair{"oauth_timestamp", "137131201"}, pair{"oauth_nonce", "7d8f3e4a"})
	const want = "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26" +
		"oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26" +
		"oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
	if got := baseString("POST", baseAddress("http", "EXAMPLE.COM:80", "/request"), params); got != want {
		t.Errorf("base string\n%s\nwant\n%s", got, want)
	}
	if got := baseAddress("https", "www.example.net:8080", "/"); got != "https://www.example.net:8080/" {
		t.Errorf("address %s", got)
	}
}

// X's documentation, "Percent encoding parameters".
func TestOAuth_PercentEncodes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Ladies + Gentlemen": "Ladies%20%2B%20Gentlemen", "An encoded string!": "An%20encoded%20string%21",
		"Dogs, Cats & Mice": "Dogs%2C%20Cats%20%26%20Mice", "☃": "%E2%98%83", "a-b.c_d~e": "a-b.c_d~e",
	} {
		if got := percentEncode(text); got != want {
			t.Errorf("%q became %s, want %s", text, got, want)
		}
	}
}

func TestOAuth_RefusesMalformedHeaders(t *testing.T) {
	t.Parallel()
	const good = `oauth_consumer_key="a", oauth_nonce="b", oauth_signature="c%3D", oauth_signature_method="HMAC-SHA1", oauth_timestamp="1", oauth_token="d"`
	if params, err := parseAuthorization(good); err != nil || params["oauth_signature"] != "c=" {
		t.Errorf("a good header gave %v, %v", params, err)
	}
	for _, header := range []string{
		"", "oauth_nonce", `oauth_nonce=b`, good + `, oauth_nonce="b"`, good + `, oauth_version="2.0"`,
		`oauth_consumer_key="a"`, good + `, x="="`,
	} {
		if _, err := parseAuthorization(header); err == nil {
			t.Errorf("%q was taken", header)
		}
	}
}
