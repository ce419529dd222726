package secret

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var (
	xNames       = []string{"x.consumer_key", "x.consumer_secret", "x.access_token", "x.access_token_secret"}
	channelNames = append(slices.Clone(xNames), "motion.password", "motion.api_key",
		"x.chat_keys", "x.oauth2_client_id", "x.oauth2_client_secret", "x.oauth2_access_token", "x.oauth2_refresh_token")
	globalNames  = []string{"reach.proxy_token", "reach.ngrok_token", "reach.cloudflared_token", "reach.ssh_passphrase"}
	channelRegex = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)
	alertParts   = []string{"url", "key", "password"}
	alertRegex   = regexp.MustCompile(`^alert\.[a-z0-9-]{1,32}\.(url|key|password)$`)
)

// IsAlert reports whether a name is of a secret that an alert has: "alert.ops.url".
func IsAlert(name string) bool { return alertRegex.MatchString(name) }

// AlertNames returns the names of the secrets that an alert can have.
func AlertNames(alert string) []string {
	names := make([]string, 0, len(alertParts))
	for _, part := range alertParts {
		names = append(names, "alert."+alert+"."+part)
	}
	return names
}

// ChannelNames returns the names of the secrets that each channel has, in the order in which to ask for them.
func ChannelNames() []string { return slices.Clone(channelNames) }

// XNames returns the names of the four secrets without which a channel cannot speak to X.
func XNames() []string { return slices.Clone(xNames) }

// GlobalNames returns the names of the secrets that Perch has once.
func GlobalNames() []string { return slices.Clone(globalNames) }

// Key names one secret. It is comparable; the zero value names none and is refused by every store.
type Key struct {
	// Channel is the channel's name; empty for a global secret.
	Channel string
	// Name is one of ChannelNames; when Channel is empty, one of GlobalNames or of an alert's AlertNames.
	Name string
}

// MakeKey returns the key of a name as typed on the command line, with channel empty when none was given. Its error
// is Invalid.
func MakeKey(channel, name string) (Key, error) {
	key := Key{Channel: channel, Name: name}
	if err := key.check("name a secret"); err != nil {
		return Key{}, err
	}
	return key, nil
}

// ParseKey reads the form that String writes. Its error is Invalid.
func ParseKey(text string) (Key, error) {
	channel, name, found := strings.Cut(text, "/")
	if !found {
		channel, name = "", text
	} else if channel == "" {
		return Key{}, invalid("name a secret", fmt.Sprintf("%s has no channel before the slash", shown(text)), "write CHANNEL/NAME or NAME")
	}
	return MakeKey(channel, name)
}

// String returns "support/x.consumer_key", or "reach.ngrok_token" for a global one.
func (k Key) String() string {
	if k.Channel == "" {
		return k.Name
	}
	return k.Channel + "/" + k.Name
}

// command is what stores the secret.
func (k Key) command() string {
	if k.Channel == "" {
		return "perch secret set " + k.Name
	}
	return "perch secret set --channel " + k.Channel + " " + k.Name
}

func (k Key) check(op string) error {
	isGlobal, isChannels := slices.Contains(globalNames, k.Name) || IsAlert(k.Name), slices.Contains(channelNames, k.Name)
	switch {
	case isGlobal && k.Channel != "":
		return invalid(op, k.Name+" is not a channel's secret", "leave the channel out: perch secret set "+k.Name)
	case isGlobal:
		return nil
	case !isChannels:
		return invalid(op, fmt.Sprintf("there is no secret with the name %s", shown(k.Name)),
			"the names are, with --channel: "+strings.Join(channelNames, ", ")+"; without: "+strings.Join(globalNames, ", ")+
				"; for an alert: "+strings.Join(AlertNames("NAME"), ", "))
	case k.Channel == "":
		return invalid(op, k.Name+" belongs to a channel, and none was named", "say which: perch secret set --channel NAME "+k.Name)
	case !channelRegex.MatchString(k.Channel):
		return invalid(op, fmt.Sprintf("%s cannot be a channel's name", shown(k.Channel)),
			"names of channels are up to 32 small letters, digits and hyphens")
	}
	return nil
}

// shown quotes what a person typed. It is cut, because people paste values where names belong.
func shown(text string) string {
	const most = 24
	if len(text) > most {
		text = text[:most/2] + "…"
	}
	return fmt.Sprintf("%q", text)
}
