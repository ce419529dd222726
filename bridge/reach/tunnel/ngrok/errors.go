package ngrok

import (
	"errors"
	"net"
	"regexp"
	"strings"

	"perch/bridge"
	"perch/bridge/reach/tunnel"
	"perch/bridge/reach/tunnel/link"
)

var ngrokCode = regexp.MustCompile(`(?i)ERR_NGROK_(\d+)`)

// ngrokError puts an error of ngrok into words of our own: ngrok's hold the token.
func ngrokError(err error) *bridge.Error {
	number := ""
	if err != nil {
		if found := ngrokCode.FindStringSubmatch(err.Error()); found != nil {
			number = found[1]
		}
	}
	code := "ngrok/" + number
	switch number {
	case "":
		return ngrokNetError(err)
	case "105", "106", "107", "4018":
		return ngrokTokenError("ngrok refuses the token", number, nil)
	case "108":
		return link.Operator(code, "the ngrok account allows no further session", "stop the other one: dashboard.ngrok.com, Agents", nil)
	case "313", "319", "320":
		return link.Operator(code, "the ngrok account may not use this domain",
			"correct domain under [reach.ngrok], or reserve it: dashboard.ngrok.com, Domains", nil)
	case "334":
		return link.Temporary(code, "the domain is online already through another session of ngrok",
			"nothing to do if it is an earlier one of Perch: ngrok ends it in a minute; else stop it: dashboard.ngrok.com, Endpoints", nil)
	case "120", "121":
		return link.Operator(code, "ngrok no longer serves this version", "update Perch", nil)
	}
	return link.Temporary(code, "ngrok refuses with its error ERR_NGROK_"+number, "read https://ngrok.com/docs/errors/err_ngrok_"+number, nil)
}

func ngrokTokenError(message, number string, err error) *bridge.Error {
	if number != "" {
		message += " (ERR_NGROK_" + number + ")"
	}
	return link.Operator(tunnel.CodeToken, message,
		"copy the token from dashboard.ngrok.com, Your Authtoken, and store it with: perch secret set reach.ngrok_token", err)
}

// ngrokNetError is about the way to ngrok. Only errors of the network are kept: they cannot hold the token.
func ngrokNetError(err error) *bridge.Error {
	var network net.Error
	if errors.As(err, &network) {
		e := link.DialError("connect.ngrok-agent.com:443", err)
		e.Remedy = "check this computer's network, and that firewalls let it through to connect.ngrok-agent.com, port 443"
		return e
	}
	if err != nil && strings.Contains(err.Error(), "x509") {
		return link.Temporary("ngrok/certificate", "the connection to ngrok is opened by something in between",
			"have firewalls pass connect.ngrok-agent.com through unopened", nil)
	}
	return link.Temporary("ngrok/lost", "the connection to ngrok ended", "check this computer's network if it does not come back", nil)
}
