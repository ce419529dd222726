package replyurl_test

import (
	"strings"
	"testing"

	"perch/app/replyurl"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	const token = "QX4GRZTLSNCJJSTEK4A2KZWJYV"
	plain := replyurl.Own{Channel: "support", Tokens: map[string]string{"support": token, "sales": "SALESTOKEN"}}
	legacy, forward, ported := plain, plain, plain
	ported.Port = "3002"
	legacy.TakesLegacy, forward.Forward = true, "127.0.0.1:3002"
	for _, tc := range []struct {
		name, address, want string
		own                 replyurl.Own
	}{
		{"right", "http://127.0.0.1:3002/reply/" + token, "", plain},
		{"right, by another name", "https://perch.example/reply/" + token, "", plain},
		{"empty", "", "agents cannot answer", plain},
		{"no address", "motion", "not an address", plain},
		{"another scheme", "ftp://a.example/reply/" + token, "not an address", plain},
		{"elsewhere", "http://192.0.2.1:9000/hook", "leads elsewhere: to 192.0.2.1:9000/hook", plain},
		{"elsewhere, with a secret", "http://u:p@192.0.2.1/hook/hidden", "192.0.2.1/hook/…", plain},
		{"elsewhere, with a long secret", "http://192.0.2.1/" + strings.Repeat("secret", 9), "…", plain},
		{"old token", "http://127.0.0.1:3002/reply/hidden", "old token", plain},
		{"another Perch's", "http://127.0.0.1:3003/reply/hidden", "leads to 127.0.0.1:3003 with a token that is not this Perch's, which listens on port 3002", ported},
		{"old token at the port", "http://10.0.0.5:3002/reply/hidden", "old token", ported},
		{"right at another port, as by a proxy", "http://127.0.0.1:3003/reply/" + token, "", ported},
		{"another channel's", "http://127.0.0.1:3002/reply/SALESTOKEN", "that of channel sales", plain},
		{"old plugin's", "http://localhost:3002/sendMessage", "old plugin", plain},
		{"old plugin's, taken", "http://localhost:3002/sendMessage", "", legacy},
		{"through the tunnel", "http://localhost:3002/reply/" + token, "", forward},
		{"beside the tunnel", "http://localhost:3003/reply/" + token, "the tunnel listens on 127.0.0.1:3002", forward},
		{"not by the tunnel", "https://perch.example/reply/" + token, "", forward},
		{"token not known", "http://127.0.0.1:3002/reply/hidden", "", replyurl.Own{Channel: "support"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := replyurl.Judge(tc.address, tc.own)
			if (tc.want == "") != (got == "") || !strings.Contains(got, tc.want) {
				t.Errorf("%q, want %q", got, tc.want)
			}
			for _, secret := range []string{token, "SALESTOKEN", "secretsecretsecretsecretsecret", "/hidden", "u:p"} {
				if strings.Contains(got, secret) {
					t.Errorf("%q shows %q", got, secret)
				}
			}
		})
	}
}
