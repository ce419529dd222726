package config_test

import (
	"strings"
	"testing"

	"perch/app/config"
)

func TestAlert_DefaultsAndValues(t *testing.T) {
	t.Parallel()
	c, err := config.Parse([]byte(least+`
[[alert]]
name = "ops"
url = "https://a.example/hook?x=1"
quiet = "22:00-07:30"
[[alert]]
name = "mail"
kind = "email"
server = "smtp.example.com:587"
from = "a@example.com"
to = ["b@example.com"]
after = "0s"
`), "perch.toml")
	must(t, err)
	ops, mail := c.Alerts[0], c.Alerts[1]
	from, to, isQuiet := ops.QuietTime()
	if ops.Kind != config.AlertWebhook || ops.AfterTime().Minutes() != 5 || ops.WaitingTime().Minutes() != 15 || from != 22*60 || to != 7*60+30 || !isQuiet {
		t.Errorf("%+v", ops)
	}
	if _, _, isQuiet = mail.QuietTime(); isQuiet || mail.AfterTime() != 0 || mail.TLS != config.AlertStartTLS {
		t.Errorf("%+v", mail)
	}
}

func TestAlert_Mistakes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`kind = "webhook"`:                                     "line 6: alert 1: it has no name",
		"name = \"Ops\"":                                       "cannot be used",
		"name = \"a\"\n[[alert]]\nname = \"a\"":                "the name \"a\" is alert 1's already",
		"name = \"a\"\nkind = \"sms\"":                         `kind is "sms"`,
		"name = \"a\"\nafter = \"5\"":                          `after is "5", which is not a time`,
		"name = \"a\"\nafter = \"-1m\"":                        "it can be from",
		"name = \"a\"\nwaiting = \"1s\"":                       "waiting is",
		"name = \"a\"\nevery = \"1s\"":                         "every is",
		"name = \"a\"\nquiet = \"night\"":                      "quiet is",
		"name = \"a\"\nquiet = \"07:00-07:00\"":                "quiet is",
		"name = \"a\"\nurl = \"hooks\"":                        "url is",
		"name = \"a\"\nsurl = \"x\"":                           `"surl" is not a key that Perch knows in [[alert]]`,
		"name = \"a\"\nkind = \"email\"":                       "server is missing",
		"name = \"a\"\nkind = \"email\"\nserver = \"mail\"":    "not host:port",
		"name = \"a\"\nkind = \"email\"\nfrom = \"Ann <a@b>\"": "not an address of e-mail",
		"name = \"a\"\nkind = \"email\"\nto = []":              "to is empty",
		"name = \"a\"\nkind = \"email\"\ntls = \"none\"":       "tls is",
	} {
		_, err := config.Parse([]byte(least+"\n[[alert]]\n"+text+"\n"), "perch.toml")
		wantSaid(t, err, strings.TrimPrefix(want, "line 6: "))
	}
	_, err := config.Parse([]byte(least+"\n[[alert]]\nname = \"a\"\nkind = \"slack\"\nurl = \"https://hooks.slack.com/services/T0/SECRET\"\n"), "perch.toml")
	wantSaid(t, err, "is a secret")
	if strings.Contains(err.Error(), "SECRET") {
		t.Error("it is repeated:", err)
	}
}
