package hostile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"perch/bridge/sim/serve"
)

// Parcel is a body with the way in which it is posted.
type Parcel struct {
	Body []byte
	// Kind is the Content-Type; "" for none.
	Kind string
	// isChunked leaves the length out, and isSlow posts a little at a time.
	isChunked, isSlow bool
}

// PlainParcel posts a body of JSON as it is.
func PlainParcel(body []byte) Parcel { return Parcel{Body: body, Kind: "application/json"} }

// Reader gives the body in the parcel's way; only a *bytes.Reader lets net/http know the length.
func (p Parcel) Reader() io.Reader {
	whole := bytes.NewReader(p.Body)
	switch {
	case p.isSlow:
		return &dribble{whole, max(len(p.Body)/dribbles, 1)}
	case p.isChunked:
		return io.MultiReader(whole)
	}
	return whole
}

// dribble reads a piece at a time, with a pause before each.
type dribble struct {
	from  *bytes.Reader
	piece int
}

func (d *dribble) Read(p []byte) (int, error) {
	time.Sleep(dribblePause) //nolint:forbidigo // slowness is the point
	return d.from.Read(p[:min(len(p), d.piece)])
}

// post makes odd posts out of a good body.
func (s *spoiler) post(raw []byte, essential func(string) bool) []Parcel {
	p := PlainParcel(raw)
	s.words = s.Kind
	switch s.Kind {
	case Member:
		p.Body = s.mutate(raw, essential)
	case Page:
		p.Body, p.Kind = []byte(page), pickOne(s, []string{"text/html", "application/json"})
		s.isEssential = true
	case Empty:
		p.Body, s.isEssential = nil, true
	case Rubbish:
		body := pickOne(s, []string{"null", "[]", "{}", `"text"`, "{", "\x1f\x8b\x08\x00", "\x00", "0", `{"data":[]}`, `{"data":{}}`, `{"data":null}`, "[" + string(raw) + "]"})
		p.Body, s.isEssential = []byte(body), true
		s.words = fmt.Sprintf("%.20q in place of the body", body)
	case Cut:
		n := len(raw) * (1 + s.random.IntN(9)) / 10
		p.Body, s.isEssential = raw[:n], true
		s.words = fmt.Sprintf("the first %d of %d bytes", n, len(raw))
	case Slow:
		p.isSlow = true
	case Chunked:
		p.isChunked = true
	case Doubled:
		p.Body, s.isEssential = append(bytes.Clone(raw), raw...), true
	case Mark:
		p.Body = append([]byte(pickOne(s, []string{"\xef\xbb\xbf", "\xef\xbb\xbf\xef\xbb\xbf", "\n\t "})), raw...)
	case Label:
		p.Kind = pickOne(s, []string{"", "text/plain", "text/html", "application/octet-stream", "application/json; charset=latin1", "multipart/form-data"})
		s.words = fmt.Sprintf("Content-Type %q", p.Kind)
	case Repeated:
		return []Parcel{p, p}
	case Form:
		p.Body, p.Kind = asForm(raw), "application/x-www-form-urlencoded"
	case Markup:
		p.Body = s.markup(raw)
	}
	return []Parcel{p}
}

// asForm is a JSON object as a form, nested members as in "Contact[twitter]".
func asForm(raw []byte) []byte {
	form := url.Values{}
	for name, value := range asObject(raw) {
		inner, isObject := value.(map[string]any)
		if !isObject {
			form.Set(name, textOf(value))
		}
		for below, v := range inner {
			form.Set(name+"["+below+"]", textOf(v))
		}
	}
	return []byte(form.Encode())
}

func asObject(raw []byte) map[string]any {
	var object map[string]any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	_ = decoder.Decode(&object) // what is no object has no members
	return object
}

func textOf(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// markup puts an agent's text into what editors for HTML make of it.
func (s *spoiler) markup(raw []byte) []byte {
	object := asObject(raw)
	form := pickOne(s, []string{"<p>%s</p>", "<div>%s<br></div>", "<p>%s</p><p>&nbsp;</p>", "<p><b>%s</b></p>", "%s<br>", "<html><body>%s</body></html>", "a<b %s", "%s & co"})
	object["body"] = strings.ReplaceAll(form, "%s", textOf(object["body"]))
	s.words = fmt.Sprintf("the text is %q", object["body"])
	return serve.Encode(object)
}

// lines makes what a stream sends in place of a line. kept is what it sends again to a client that comes later.
func (s *spoiler) lines(raw []byte) (sent, kept []byte) {
	before := func(rubbish string) []byte { return append([]byte(rubbish+"\r\n"), raw...) }
	switch s.Kind {
	case Member:
		sent = s.mutate(raw, isEssential)
		return sent, sent
	case Doubled:
		s.words = "the event twice in one line"
		return append(bytes.Clone(raw), raw...), raw
	case Repeated:
		s.words = "the line twice"
		return append(before(string(raw)), "\r\n"...), raw
	case Mark:
		s.words = "a byte order mark before the line"
		return append([]byte("\xef\xbb\xbf"), raw...), raw
	case Cut:
		s.words = "half the line before the line"
		return before(string(raw[:len(raw)/2])), raw
	}
	rubbish := pickOne(s, []string{
		page, "null", "[]", "{}", "true", "{", "\x00\x00", "\r\r", strings.Repeat("\r\n", 50), strings.Repeat("x", longText), strings.Repeat("[", deep),
		`{"errors":[{"title":"operational-disconnect","disconnect_type":"OperationalDisconnect","detail":"This stream has been disconnected."}]}`,
		`{"errors":"odd"}`, `{"data":{}}`, `{"data":null}`, `{"data":{"event_type":"odd.odd"}}`, "\x1f\x8b\x08\x00garbage", "HTTP/1.1 200 OK",
	})
	s.words = fmt.Sprintf("%.30q before the line", rubbish)
	return before(rubbish), raw
}
