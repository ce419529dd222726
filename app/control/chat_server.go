package control

import "net/http"

// HandleChat lets clients set the keys of encrypted chat that b keeps. Call it before Serve, and at most once. channel is
// "_" for the only one.
//
//	POST   /v1/chat/{channel}/import  {"keys"} → ChatResult
//	POST   /v1/chat/{channel}/unlock  {"pin", "yes"} → ChatResult; yes goes on with few guesses left
//	POST   /v1/chat/{channel}/check   → ChatResult
//	DELETE /v1/chat/{channel}         → ChatResult
func (s *Server) HandleChat(b ChatBackend) {
	s.mux.HandleFunc("POST /v1/chat/{channel}/import", func(w http.ResponseWriter, r *http.Request) {
		var body keysBody
		if !read(w, r, opImportChat, &body) {
			return
		}
		result, err := b.ImportChat(r.Context(), channelIn(r), body.Keys)
		s.answer(w, opImportChat, result, err)
	})
	s.mux.HandleFunc("POST /v1/chat/{channel}/unlock", func(w http.ResponseWriter, r *http.Request) {
		var body pinBody
		if !read(w, r, opUnlockChat, &body) {
			return
		}
		result, err := b.UnlockChat(r.Context(), channelIn(r), body.PIN, func(int) bool { return body.Yes })
		if err != nil {
			failWith(w, opUnlockChat, err, result.Left)
			return
		}
		s.reply(w, result)
	})
	s.mux.HandleFunc("POST /v1/chat/{channel}/check", func(w http.ResponseWriter, r *http.Request) {
		result, err := b.CheckChat(r.Context(), channelIn(r))
		s.answer(w, "check encrypted chat", result, err)
	})
	s.mux.HandleFunc("DELETE /v1/chat/{channel}", func(w http.ResponseWriter, r *http.Request) {
		result, err := b.ForgetChat(r.Context(), channelIn(r))
		s.answer(w, "forget keys of encrypted chat", result, err)
	})
}

const (
	opImportChat = "import keys of encrypted chat"
	opUnlockChat = "unlock encrypted chat"
)

// keysBody carries private keys to the relay, and pinBody a PIN. Their text forms show nothing.
type (
	keysBody struct {
		Keys string `json:"keys"`
	}
	pinBody struct {
		PIN string `json:"pin"`
		Yes bool   `json:"yes"`
	}
)

func (keysBody) String() string   { return "[hidden]" }
func (keysBody) GoString() string { return "[hidden]" }
func (pinBody) String() string    { return "[hidden]" }
func (pinBody) GoString() string  { return "[hidden]" }
