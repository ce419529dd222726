package tunnel

import (
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
)

// The paths of Perch that the outside may know of. They are part of Perch's contract.
const (
	pathEvents = "/api/messages"
	pathReply  = "/reply/"
)

// PublicOnly lets through what X calls, and with allowReply what Motion calls, and answers 404 to all else, the health
// check included. A path that is not in its plain form ("//", "..") is no path of X's. Nothing ever redirects.
func PublicOnly(handler http.Handler, allowReply bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := r.URL.Path
		events := at == pathEvents || strings.HasPrefix(at, pathEvents+"/")
		reply := allowReply && strings.HasPrefix(at, pathReply)
		if (events || reply) && path.Clean(at) == at {
			handler.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"message":"there is nothing here"}`+"\n")
	})
}

// MotionProxyURL is the URL at which X reaches Perch through Motion's own webhook proxy: host is Motion's public host or
// host:port, port the one on the Motion server that the proxy hands on to, and at Perch's path there. A hosted Motion
// wants a token; for one's own server it is empty. The URL then holds a secret.
func MotionProxyURL(host string, port int, at, token string) string {
	u := "https://" + host + "/api/plugins/webhook?port=" + strconv.Itoa(port) + "&encoding=binary&path=" + at
	if token != "" {
		u += "&token=" + url.QueryEscape(token)
	}
	return u
}
