package tunnel

import (
	"io"
	"net/http"
	"path"
	"strings"

	"perch/bridge/endpoint"
)

// PublicOnly lets through what X calls, and with allowReply what Motion calls, and answers 404 to all else, the health
// check included. A path that is not in its plain form ("//", "..") is no path of X's. Nothing ever redirects.
func PublicOnly(handler http.Handler, allowReply bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := r.URL.Path
		events := at == endpoint.PathEvents || strings.HasPrefix(at, endpoint.PathEvents+"/")
		reply := allowReply && strings.HasPrefix(at, endpoint.PathReply+"/")
		if (events || reply) && path.Clean(at) == at {
			handler.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"message":"there is nothing here"}`+"\n")
	})
}
