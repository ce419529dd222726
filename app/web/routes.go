package web

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"time"

	"perch/app/control"
	"perch/bridge"
)

const (
	// CodeSignedOut marks answers to who has no session, or none any more.
	CodeSignedOut = "web/signed-out"
	// activeHeader is set by the page where a person has done something since its last call.
	activeHeader = "Perch-Active"
	// keyHeader is what the page adds to every call. It comes out of the storage of this very address, port and all, to which
	// no other program of the computer has access; the cookie goes to all of them.
	keyHeader = "Perch-Key"
	// maxBody bounds a body, in bytes: the control API takes as much.
	maxBody = 1 << 20
	// maxSignIn bounds the body of a sign-in, in bytes.
	maxSignIn = 1 << 10
	// writePatience bounds one write of an answer: who does not read is let go.
	writePatience = 2 * time.Minute
)

// routes are all that there is: the page's files, which hold nothing secret; the session; and what needs one.
func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	s.pages(mux)
	mux.HandleFunc("POST /session", s.signIn)
	mux.HandleFunc("GET /session", func(w http.ResponseWriter, r *http.Request) {
		if s.sessionOf(r) == nil {
			signedOut(w)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("DELETE /session", func(w http.ResponseWriter, r *http.Request) {
		for _, p := range passesOf(r) {
			s.gate.signOut(p)
		}
		http.SetCookie(w, s.cookie(r, "", -1))
		w.WriteHeader(http.StatusNoContent)
	})
	mux.Handle(control.WebPrefix+"/", s.signedIn(http.StripPrefix(control.WebPrefix, s.API)))
	return mux
}

func (s *Server) signIn(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Code string `json:"code"`
	}
	if r.Header.Get("Content-Type") != "application/json" || json.NewDecoder(http.MaxBytesReader(w, r.Body, maxSignIn)).Decode(&body) != nil {
		refuse(w, http.StatusBadRequest, "web/unreadable", "this is no sign-in", "open the address that perch web shows")
		return
	}
	who := visitorOf(r)
	pass, entry := s.gate.signIn(body.Code, who)
	s.note(entry, who.from)
	switch entry {
	case letIn:
		http.SetCookie(w, s.cookie(r, pass.token, int(FullLife/time.Second)))
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"key": pass.key}) // who has gone away gets no answer
	case tooMany:
		w.Header().Set("Retry-After", "60")
		refuse(w, http.StatusTooManyRequests, "web/too-many", "there were too many wrong codes", "wait a minute, then: perch web")
	default:
		refuse(w, http.StatusForbidden, "web/code", "this code does not hold (any more)", "each is for one browser and one minute; for a new one type: perch web")
	}
}

// note logs what became of a code. Beyond the limit it says nothing more: whoever guesses fills no disk.
func (s *Server) note(e entry, from string) {
	switch e {
	case letIn:
		s.Log.Info("browser signed in", "from", from)
	case wrongCode:
		s.Log.Warn("wrong code at the page", "from", from)
	case usedTwice:
		s.Log.Warn("code at the page was used twice, the session that it began has ended", "from", from)
	case otherUser:
		s.Log.Warn("another user of this computer has tried the code that was made for a browser here", "from", from)
	case tooMany:
	}
}

func visitorOf(r *http.Request) visitor {
	peer, _, _ := net.SplitHostPort(r.RemoteAddr)
	v := visitor{from: peer, browser: bounded(r.UserAgent()), user: anybody}
	if here, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		v.user = userOf(r.RemoteAddr, here.String())
	}
	return v
}

// maxBrowser bounds what a browser may call itself, in bytes.
const maxBrowser = 200

func bounded(text string) string {
	if len(text) > maxBrowser {
		text = text[:maxBrowser]
	}
	return text
}

// cookie is that of a session. It has the port in its name, so that two pages at one name do not end each other's session. Over
// https it is bound to this very host.
func (s *Server) cookie(r *http.Request, token string, seconds int) *http.Cookie {
	return &http.Cookie{
		Name: cookieName(r), Value: token, Path: "/", MaxAge: seconds, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil,
	}
}

func cookieName(r *http.Request) string {
	name := "perch"
	if r.TLS != nil {
		name = "__Host-perch"
	}
	if _, port, err := net.SplitHostPort(r.Host); err == nil {
		name += "-" + port
	}
	return name
}

// passesOf are those that a request shows: several where another program at the same name has set a cookie like ours.
func passesOf(r *http.Request) (list []pass) {
	for _, c := range r.CookiesNamed(cookieName(r)) {
		list = append(list, pass{c.Value, r.Header.Get(keyHeader)})
	}
	return list
}

func (s *Server) sessionOf(r *http.Request) *session {
	for _, p := range passesOf(r) {
		if session := s.gate.find(p, r.Header.Get(activeHeader) != ""); session != nil {
			return session
		}
	}
	return nil
}

// signedIn lets those by who have a session. What they have asked for ends with it.
func (s *Server) signedIn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session := s.sessionOf(r)
		if session == nil {
			signedOut(w)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			refuse(w, http.StatusRequestEntityTooLarge, "web/body", "what was sent cannot be read", "try again")
			return
		}
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(session.ctx, cancel)()
		// The read deadline has done its work; from here on an answer may take as long as what it is for.
		_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
		next.ServeHTTP(&patient{ResponseWriter: w, control: http.NewResponseController(w)}, withBody(r.WithContext(ctx), body))
	})
}

// patient gives each write of an answer its own time.
type patient struct {
	http.ResponseWriter
	control *http.ResponseController
}

// Write implements http.ResponseWriter.
func (p *patient) Write(data []byte) (int, error) {
	_ = p.control.SetWriteDeadline(time.Now().Add(writePatience))
	return p.ResponseWriter.Write(data)
}

// FlushError is what http.ResponseController calls.
func (p *patient) FlushError() error {
	_ = p.control.SetWriteDeadline(time.Now().Add(writePatience))
	return p.control.Flush()
}

func signedOut(w http.ResponseWriter) {
	refuse(w, http.StatusUnauthorized, CodeSignedOut, "you are not signed in here (any more)", "type on the computer where the relay runs: perch web")
}

// refusal is an error in the form of the control API, whose client takes it apart. The page says it in the person's language.
type refusal struct {
	What    string `json:"what"`
	Message string `json:"message"`
	Remedy  string `json:"remedy"`
	Code    string `json:"code"`
}

// refuse answers as the control API does, so that its client understands it.
func refuse(w http.ResponseWriter, status int, code, message, remedy string) {
	data, _ := json.Marshal(refusal{What: "open the page", Message: message, Remedy: remedy, Code: code}) // strings only
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(data, '\n')) // who has gone away gets no answer
}

func failed(message, remedy string, err error) error {
	return &bridge.Error{Kind: bridge.Operator, Side: bridge.SidePerch, Op: "serve the page", Message: message, Remedy: remedy, Err: err}
}
