package send

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strconv"
	"strings"

	"github.com/wneessen/go-mail"

	"perch/bridge"
	"perch/bridge/alert"
)

// mail sends a notice to each address by itself, so that one that is refused keeps no other from it.
func (s *Sender) mail(ctx context.Context, t Target, n alert.Notice) (warning string, err error) {
	client, err := s.mailClient(ctx, t)
	if err != nil {
		return "", failed(t, bridge.Operator, "the mail server's settings cannot be used", "check server, from and to in perch.toml", err)
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return "", notTaken(t, err)
	}
	defer func() { _ = client.CloseWithSMTPClient(session) }() // what was taken is taken
	var refused []string
	var last error
	for _, to := range t.To {
		m, err := message(t, n, to)
		if err == nil {
			err = client.SendWithSMTPClient(session, m)
		}
		if err != nil {
			refused, last = append(refused, to), err
		}
	}
	switch {
	case len(refused) == len(t.To):
		return "", notTaken(t, last)
	case len(refused) > 0:
		return "the mail server takes nothing for " + strings.Join(refused, ", "), nil
	}
	return "", nil
}

// mailClient returns a client whose connections end with ctx: the library bounds each of its steps, and not all of them.
func (s *Sender) mailClient(ctx context.Context, t Target) (*mail.Client, error) {
	host, port, err := net.SplitHostPort(t.Server)
	if err != nil {
		return nil, err
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	trust := &tls.Config{ServerName: host, RootCAs: s.roots, MinVersion: tls.VersionTLS12}
	dial := func(opening context.Context, network, address string) (net.Conn, error) {
		plain, err := (&net.Dialer{}).DialContext(opening, network, address)
		if err != nil {
			return nil, err
		}
		context.AfterFunc(ctx, func() { _ = plain.Close() }) // often closed already
		if !t.IsTLS {
			return plain, nil
		}
		secure := tls.Client(plain, trust)
		if err := secure.HandshakeContext(opening); err != nil {
			return nil, errors.Join(err, plain.Close())
		}
		return secure, nil
	}
	options := []mail.Option{
		mail.WithPort(number), mail.WithTimeout(Patience), mail.WithTLSConfig(trust), mail.WithDialContextFunc(dial), mail.WithTLSPolicy(mail.TLSMandatory),
	}
	if t.IsTLS { // the connection has it already
		options = append(options, mail.WithTLSPolicy(mail.TLSOpportunistic))
	}
	if t.Host != "" {
		options = append(options, mail.WithHELO(domainOf(t.Host)))
	}
	if t.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(t.User), mail.WithPassword(t.Password))
	}
	return mail.NewClient(host, options...)
}

// message is a notice as e-mail. Its ID stays when it is sent again, so that it is shown once.
func message(t Target, n alert.Notice, to string) (*mail.Msg, error) {
	m := mail.NewMsg()
	if err := errors.Join(m.From(t.From), m.To(to)); err != nil {
		return nil, err
	}
	m.Subject(n.Subject(t.Host))
	m.SetDateWithValue(n.Made)
	m.SetMessageIDWithValue(fmt.Sprintf("perch.%s.%s@%s", noticeID(t, n), strings.ReplaceAll(to, "@", "."), domainOf(t.Host)))
	m.SetUserAgent("Perch/" + t.Version)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // no answering machine answers (RFC 3834)
	if event(n) == "trouble" {
		m.SetImportance(mail.ImportanceHigh)
	}
	m.SetBodyString(mail.TypeTextPlain, n.Text()+"\n\n-- \nPerch "+t.Version+" on "+t.Host+", alert "+t.Name+"\n")
	return m, nil
}

// domainOf makes of a computer's name one that mail servers take.
func domainOf(host string) string {
	clean := strings.Map(func(r rune) rune {
		if r == '-' || r == '.' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, host)
	if clean = strings.Trim(clean, "-."); clean == "" {
		return "localhost"
	}
	return clean
}

// The answers of a mail server that refuses user or password (RFC 4954).
const (
	smtpNeedsAuth, smtpTooWeak, smtpRefused, smtpNeedsTLS = 530, 534, 535, 538
)

// notTaken says why a mail server did not take a message.
func notTaken(t Target, err error) error {
	var answer *textproto.Error
	var sent *mail.SendError
	code := 0
	switch {
	case errors.As(err, &answer):
		code = answer.Code
	case errors.As(err, &sent):
		code = sent.ErrorCode()
	}
	switch {
	case code == smtpRefused || code == smtpTooWeak || code == smtpNeedsAuth || code == smtpNeedsTLS,
		strings.Contains(strings.ToLower(err.Error()), "authenticate first"):
		return failed(t, bridge.Operator, "the mail server refuses the user or the password",
			"check user in perch.toml, and store the password again: perch secret set alert."+t.Name+".password", err)
	case strings.Contains(err.Error(), "does not support STARTTLS"):
		return failed(t, bridge.Operator, "the mail server does not offer STARTTLS", `write tls = "tls" and the port for it (465, most often), or use a server that encrypts`, err)
	case strings.Contains(err.Error(), "SMTP AUTH"), errors.Is(err, mail.ErrNoSupportedAuthDiscovered):
		return failed(t, bridge.Operator, "the mail server offers no way to sign in that Perch knows", `write user = "" if it wants none, else use another port or server`, err)
	case code >= 400 && code < 500:
		return failed(t, bridge.Temporary, fmt.Sprintf("the mail server cannot take it now (answer %d)", code), "nothing to do: Perch tries again", err)
	case code >= 500:
		return failed(t, bridge.Operator, fmt.Sprintf("the mail server refuses the message (answer %d)", code), "check from and to in perch.toml; the server's log says more", err)
	}
	return noConnection(t, ofMailServer, err)
}
