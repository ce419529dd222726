package config

import (
	"fmt"
	"net/mail"
	"slices"
	"time"
)

const (
	// mostAlerts bounds how many places are told: each has a goroutine of its own.
	mostAlerts = 20
	// mostPatience bounds after and waiting: what is told later than a day after is no alert.
	mostPatience = 24 * time.Hour
	// leastWaiting is the smallest waiting: a message takes seconds on its way.
	leastWaiting = time.Minute
	// leastBeat and mostBeat bound the time between two calls of a heartbeat.
	leastBeat, mostBeat = 30 * time.Second, 24 * time.Hour
)

// secretURLs are the kinds whose address lets anybody write who knows it.
var secretURLs = []string{AlertSlack, AlertTeams, AlertGoogleChat}

func (k *checker) alerts(alerts []Alert) {
	if len(alerts) > mostAlerts {
		k.add(fmt.Sprintf("alert.%d", mostAlerts), fmt.Sprintf("there are %d alerts; there can be %d", len(alerts), mostAlerts), "tell fewer places")
	}
	first := map[string]int{}
	for i, a := range alerts {
		path := fmt.Sprintf("alert.%d", i)
		k.alert(path, i, a)
		if before, twice := first[a.Name]; twice && a.Name != "" {
			k.add(path+".name", fmt.Sprintf("the name %s is alert %d's already", shown(a.Name), before+1), "give each alert a name of its own")
		} else {
			first[a.Name] = i
		}
		k.subject = ""
	}
}

func (k *checker) alert(path string, index int, a Alert) {
	k.subject = fmt.Sprintf("alert %d: ", index+1)
	switch {
	case a.Name == "":
		k.add(path+".name", "it has no name", `write name = "ops" or the like below [[alert]]`)
	case !channelRegex.MatchString(a.Name):
		k.add(path+".name", fmt.Sprintf("the name %s cannot be used", shown(a.Name)), "take up to 32 small letters, digits and hyphens")
	default:
		k.subject = fmt.Sprintf("alert %s: ", shown(a.Name))
	}
	k.oneOf(path+".kind", a.Kind, AlertKinds()...)
	k.span(path+".after", a.After, 0, mostPatience, "5m")
	k.span(path+".waiting", a.Waiting, leastWaiting, mostPatience, "15m")
	k.span(path+".every", a.Every, leastBeat, mostBeat, "5m")
	if _, _, isSet := a.QuietTime(); a.Quiet != "" && !isSet {
		k.add(path+".quiet", fmt.Sprintf("quiet is %s, which is not from one time of the day to another", shown(a.Quiet)), `write it like "22:00-07:00", or "" for none`)
	}
	if a.Kind == AlertEmail {
		k.email(path, a)
		return
	}
	if a.URL != "" && slices.Contains(secretURLs, a.Kind) {
		k.add(path+".url", "the address of "+a.Kind+" is a secret: whoever knows it can write there",
			"take it out of the file and store it with: perch secret set alert."+a.Name+".url")
		return
	}
	k.url(path+".url", a.URL)
}

// span checks a time such as "5m".
func (k *checker) span(key, value string, least, most time.Duration, example string) {
	d, err := time.ParseDuration(value)
	switch {
	case err != nil:
		k.add(key, fmt.Sprintf("%s is %s, which is not a time", name(key), shown(value)), fmt.Sprintf(`write for example "%s" (s seconds, m minutes, h hours)`, example))
	case d < least || d > most:
		k.add(key, fmt.Sprintf("%s is %s; it can be from %s to %s", name(key), shown(value), least, most), fmt.Sprintf(`write for example "%s"`, example))
	}
}

func (k *checker) email(path string, a Alert) {
	if a.Server == "" {
		k.add(path+".server", "server is missing", `write the mail server's host:port, such as "smtp.example.com:587"`)
	} else {
		k.address(path+".server", a.Server, 1)
	}
	k.oneOf(path+".tls", a.TLS, AlertStartTLS, AlertTLS)
	k.mailbox(path+".from", a.From)
	if len(a.To) == 0 {
		k.add(path+".to", "to is empty, so nobody would get the message", `write for example to = ["you@example.com"]`)
	}
	for _, to := range a.To {
		k.mailbox(path+".to", to)
	}
}

func (k *checker) mailbox(key, value string) {
	if parsed, err := mail.ParseAddress(value); err != nil || parsed.Address != value {
		k.add(key, fmt.Sprintf("%s has %s, which is not an address of e-mail", name(key), shown(value)), `write it plainly, such as "you@example.com"`)
	}
}
