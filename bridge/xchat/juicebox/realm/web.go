package realm

import (
	"io"
	"net/http"
	"strings"

	"perch/bridge/xchat/juicebox/internal/cbor"
)

// maxBody is the largest request that realms take, in bytes.
const maxBody = 2048

// ServeHTTP answers POST …/req.
func (r *Realm) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	switch {
	case !strings.HasSuffix(req.URL.Path, "/req"):
		http.NotFound(w, req)
		return
	case req.Method != http.MethodPost:
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	case req.Header.Get("X-Juicebox-Version") == "":
		http.Error(w, "which version are you?", http.StatusUpgradeRequired)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxBody))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	request, err := cbor.Decode(body)
	if err != nil {
		http.Error(w, "no CBOR", http.StatusBadRequest)
		return
	}
	if r.key != nil {
		answer(w, r.client(request))
		return
	}
	r.plain(w, req, request)
}

// plain is a request to a realm in software.
func (r *Realm) plain(w http.ResponseWriter, req *http.Request, request any) {
	token, _ := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer ")
	user, ok := r.user(token)
	if !ok {
		http.Error(w, "who are you?", http.StatusUnauthorized)
		return
	}
	reply := r.carryOut(user, request)
	if reply == nil {
		http.Error(w, "no request", http.StatusBadRequest)
		return
	}
	answer(w, reply)
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(cbor.Encode(value)) // who asked is gone
}
