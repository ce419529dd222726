package settings

import (
	"fmt"
	"slices"
	"strings"

	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
)

// The fields that a sentence about a configuration can be about; longer names first where one is part of another.
var (
	topFields = []string{
		"reach.motion_proxy.host", "reach.motion_proxy.port", "reach.ssh.remote_listen", "reach.ssh.address", "reach.ssh.user",
		"reach.ngrok.domain", "reach.tls.acme_domain", "reach.tls.listen", "reach.tls.cert_file", "reach.public_url", "reach.tunnel",
		"reach.mode", "legacy_reply_path", "log_level", "log_file", "backup.every", "backup.keep", "backup.folder", "update.feed", "update.key", "web.listen", "web.cert_file", "metrics.listen", "secrets", "listen",
	}
	channelFields = []string{
		"x.api_base", "x.upload_base", "x.media_hosts", "x.environment", "x.api", "motion.receive_url", "motion.base_url",
		"motion.map_key", "motion.tls_pin", "motion.user",
	}
)

// problemsOf finds the field that each sentence of a Validate error is about.
func problemsOf(c *config.Config, err error) []control.Problem {
	e := bridge.AsError(err)
	first, rest, many := strings.Cut(e.Message, "\n")
	if !many {
		_, why, _ := strings.Cut(first, ": ")
		return []control.Problem{problemOf(c, why, e.Remedy)}
	}
	problems := []control.Problem{}
	for line := range strings.SplitSeq(rest, "\n") {
		why, do, _ := strings.Cut(strings.TrimSuffix(line, "."), "; ")
		problems = append(problems, problemOf(c, why, do))
	}
	return problems
}

func problemOf(c *config.Config, why, do string) control.Problem {
	for i, ch := range c.Channels {
		for _, subject := range []string{fmt.Sprintf("channel %q: ", ch.Name), fmt.Sprintf("channel %d: ", i+1)} {
			if text, ok := strings.CutPrefix(why, subject); ok {
				return control.Problem{Field: fmt.Sprintf("channel.%d.%s", i, fieldIn(text, channelFields, "name")), Message: text, Remedy: do}
			}
		}
	}
	if strings.HasPrefix(why, "alert ") {
		return control.Problem{Field: "alert", Message: why, Remedy: do}
	}
	if strings.Contains(why, "there is no channel") {
		return control.Problem{Field: "channel", Message: why, Remedy: do}
	}
	return control.Problem{Field: fieldIn(why, topFields, ""), Message: why, Remedy: do}
}

// fieldIn returns the field whose name is in the text or whose last part is; else the given one.
func fieldIn(text string, fields []string, otherwise string) string {
	if i := slices.IndexFunc(fields, func(f string) bool { return strings.Contains(text, f) }); i >= 0 {
		return fields[i]
	}
	switch {
	case strings.Contains(text, "cert_file"):
		return "reach.tls.cert_file"
	case strings.Contains(text, "certificate"):
		return "reach.tls.acme_domain"
	}
	return otherwise
}
