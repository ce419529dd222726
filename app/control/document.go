package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"strings"
)

// maxDocument is how many bytes of a Document are shown at most.
const maxDocument = 64 << 10

// hidden stands for a secret.
const hidden = "…"

func newDocument(call string, body []byte) Document {
	d := Document{Call: call, Bytes: len(body)}
	p := printer{limit: maxDocument, indent: "  "}
	if err := p.print(body); err == nil {
		d.Text = p.out.String()
		return d
	} else if errors.Is(err, errFull) {
		d.Text, d.Cut = atLineEnd(p.out.String()), true
		return d
	}
	d.Text = hideInText(strings.ToValidUTF8(string(body), "\uFFFD"))
	if len(d.Text) > maxDocument {
		d.Text, d.Cut = strings.ToValidUTF8(d.Text[:maxDocument], ""), true
	}
	return d
}

// formAsJSON shows a form as an object; the order of a form has no meaning.
func formAsJSON(body []byte) []byte {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return body
	}
	fields := map[string]string{}
	for name, values := range form {
		fields[name] = strings.Join(values, ", ")
	}
	text, _ := json.Marshal(fields) // strings only: cannot fail
	return text
}

// atLineEnd cuts the last line, which is not whole.
func atLineEnd(text string) string {
	if len(text) > maxDocument {
		text = text[:maxDocument]
	}
	if end := strings.LastIndexByte(text, '\n'); end > 0 {
		return text[:end]
	}
	return strings.ToValidUTF8(text, "")
}

var (
	errFull   = errors.New("there is no more room")
	errNoJSON = errors.New("it is not JSON")
)

// printer writes JSON anew, without secrets.
type printer struct {
	in     *json.Decoder
	out    strings.Builder
	indent string // "" for all in one line
	limit  int    // in bytes; 0 for none
}

// print writes a body that is one JSON value. It returns errFull when the limit was reached.
func (p *printer) print(body []byte) error {
	if !json.Valid(body) { // which bounds the depth, too
		return errNoJSON
	}
	p.in = json.NewDecoder(bytes.NewReader(body))
	p.in.UseNumber()
	if err := p.value(0); err != nil {
		return err
	}
	return p.full()
}

func (p *printer) full() error {
	if p.limit > 0 && p.out.Len() > p.limit {
		return errFull
	}
	return nil
}

func (p *printer) value(depth int) error {
	if err := p.full(); err != nil {
		return err
	}
	token, err := p.in.Token()
	if err != nil {
		return err
	}
	switch t := token.(type) {
	case json.Delim:
		return p.members(t, depth)
	case string:
		p.out.WriteString(quote(hideInString(t)))
	default:
		text, _ := json.Marshal(t) // a number as it was, a truth or null: cannot fail
		p.out.Write(text)
	}
	return nil
}

// members writes what is between two brackets.
func (p *printer) members(open json.Delim, depth int) error {
	p.out.WriteString(open.String())
	isEmpty := true
	for ; p.in.More(); isEmpty = false {
		if !isEmpty {
			p.out.WriteByte(',')
		}
		p.newLine(depth + 1)
		if err := p.member(open == '{', depth); err != nil {
			return err
		}
	}
	shut, err := p.in.Token()
	if err != nil {
		return err
	}
	if !isEmpty {
		p.newLine(depth)
	}
	p.out.WriteString(shut.(json.Delim).String()) //nolint:forcetypeassert,errcheck // valid JSON ends with one
	return nil
}

func (p *printer) member(hasName bool, depth int) error {
	if !hasName {
		return p.value(depth + 1)
	}
	name, err := p.in.Token()
	if err != nil {
		return err
	}
	text, _ := name.(string)
	p.out.WriteString(quote(hideInString(text)) + ":")
	if p.indent != "" {
		p.out.WriteByte(' ')
	}
	if !isSecretName(text) {
		return p.value(depth + 1)
	}
	p.out.WriteString(quote(hidden))
	var skipped json.RawMessage
	return p.in.Decode(&skipped)
}

func (p *printer) newLine(depth int) {
	if p.indent != "" {
		p.out.WriteByte('\n')
		// Deeper than the room is wide, an indent tells nobody anything.
		p.out.WriteString(strings.Repeat(p.indent, min(depth, maxIndent)))
	}
}

// maxIndent is how many steps a line is indented at most.
const maxIndent = 40

func quote(text string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a string: cannot fail
	return strings.TrimSuffix(b.String(), "\n")
}

// secretParts are what names of secrets hold, and secretNames what they are, in small letters and digits.
var (
	secretParts = []string{
		"password", "passwd", "passphrase", "passcode", "pwd", "secret", "token", "apikey", "consumerkey", "accesskey", "privatekey",
		"authorization", "oauth", "signature", "credential", "cookie", "bearer", "jwt", "hmac",
	}
	secretNames = []string{"pass", "auth", "sig", "session", "sessionid", "sid"}
)

func isSecretName(name string) bool {
	plain := strings.Map(func(r rune) rune {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			return -1
		}
		return r
	}, strings.ToLower(name))
	for _, part := range secretParts {
		if strings.Contains(plain, part) {
			return true
		}
	}
	for _, whole := range secretNames {
		if plain == whole {
			return true
		}
	}
	return false
}

var (
	// parameter is a name and a value of a query, of a form or of a fragment.
	parameter = regexp.MustCompile(`(^|[?&;#\s])([^?&;#=\s"'<>]+)=([^&;#\s"'<>]*)`)
	// userInfo is the password in an address.
	userInfo = regexp.MustCompile(`(://[^/?#\s:@]*:)[^/?#\s@]+@`)
	// looseMember is what looks like a member in a text that is no JSON, and scheme a header's value.
	looseMember = regexp.MustCompile(`([\w.-]+)("?\s*[:=]\s*)("(?:[^"\\]|\\.)*"?|[^\s,&;}\]]+)`)
	scheme      = regexp.MustCompile(`(?i)\b(bearer|basic|oauth)(\s+)[\w.~+/=-]{16,}`)
)

// hideInString takes secrets out of a string: out of addresses and forms, and out of JSON within it.
func hideInString(text string) string {
	if trimmed := strings.TrimSpace(text); strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "[") {
		p := printer{}
		if p.print([]byte(trimmed)) == nil {
			return p.out.String()
		}
	}
	if strings.Contains(text, "=") {
		text = parameter.ReplaceAllStringFunc(text, func(found string) string {
			m := parameter.FindStringSubmatch(found)
			name, err := url.QueryUnescape(m[2])
			if err != nil {
				name = m[2]
			}
			if !isSecretName(name) && !strings.EqualFold(name, "key") { // a member of this name is harmless, a parameter is not
				return found
			}
			return m[1] + m[2] + "=" + hidden
		})
	}
	if strings.Contains(text, "://") {
		text = userInfo.ReplaceAllString(text, "${1}"+hidden+"@")
	}
	return scheme.ReplaceAllString(text, "$1$2"+hidden)
}

// hideInText does its best with what is no JSON.
func hideInText(text string) string {
	text = scheme.ReplaceAllString(text, "$1$2"+hidden)
	text = looseMember.ReplaceAllStringFunc(text, func(found string) string {
		m := looseMember.FindStringSubmatch(found)
		if !isSecretName(m[1]) {
			return found
		}
		return m[1] + m[2] + quote(hidden)
	})
	return hideInString(text)
}
