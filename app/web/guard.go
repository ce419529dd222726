package web

import (
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// policy is what the page may do. Fyne draws on a canvas by WebGL, and pictures are decoded before; "wasm-unsafe-eval" lets
// WebAssembly run and nothing else.
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src 'self' data: blob:; " +
	"style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

// protect gives every answer its headers, and lets no request by that another site may have caused.
func (s *Server) protect(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		switch names := s.known(); {
		case !names.has(r.Host):
			refuse(w, http.StatusMisdirectedRequest, "web/host", "this is not a name of Perch's page",
				"open the address that perch web shows")
		case !isOwn(r):
			refuse(w, http.StatusForbidden, "web/origin", "another page has sent this request", "open the address that perch web shows")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// isOwn reports whether the page itself or a person has caused a request, as far as the browser tells. Sessions are asked for
// besides; this keeps other sites, those at another port of this computer too, from using one.
func isOwn(r *http.Request) bool {
	if origin := r.Header.Values("Origin"); len(origin) > 0 {
		u, err := url.Parse(origin[0])
		if err != nil || len(origin) > 1 || u.Host != r.Host || u.Scheme != schemeOf(r) {
			return false
		}
	} else if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false // every browser says from where it comes what changes something
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return true
	}
	// A link that leads here is followed: the bare page says nothing to who is not signed in.
	return r.Method == http.MethodGet && r.URL.Path == "/" && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

func schemeOf(r *http.Request) string {
	if r.TLS != nil {
		return "https"
	}
	return "http"
}

// names are those under which the page may be called: those of the certificate, or of loopback, where another port may be
// the near end of a tunnel.
type names struct{ certificate *certificate }

func (n *names) has(host string) bool {
	if n == nil {
		return false
	}
	if name, port, err := net.SplitHostPort(host); err == nil {
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return false
		}
		host = name
	}
	if n.certificate != nil {
		return n.certificate.now().Leaf.VerifyHostname(host) == nil
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
