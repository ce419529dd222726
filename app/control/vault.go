package control

import (
	"context"
	"net/http"
)

// VaultBackend keeps the encrypted file of secrets. Implementations are safe for concurrent use; errors are *bridge.Error.
type VaultBackend interface {
	VaultState(ctx context.Context) VaultState
	// OpenVault takes the passphrase, for this run or, with keep, for every relay of this home.
	OpenVault(ctx context.Context, phrase string, keep bool) error
	// UseVault makes the vault the place of the secrets; MoveSecrets takes them along, to "vault" or "keyring".
	UseVault(ctx context.Context) error
	MoveSecrets(ctx context.Context, place string) error
}

var _ VaultBackend = (*Client)(nil)

// HandleVault lets clients open the vault and put secrets into it. Call it before Serve, and at most once.
//
//	GET  /v1/vault        VaultState
//	POST /v1/vault/open   {"phrase", "keep"}
//	POST /v1/vault/use
//	POST /v1/vault/move   {"place"}
func (s *Server) HandleVault(b VaultBackend) {
	s.mux.HandleFunc("GET /v1/vault", func(w http.ResponseWriter, r *http.Request) { s.reply(w, b.VaultState(r.Context())) })
	s.mux.HandleFunc("POST /v1/vault/open", func(w http.ResponseWriter, r *http.Request) {
		var body phraseBody
		if read(w, r, "open the vault of secrets", &body) {
			s.answer(w, "open the vault of secrets", struct{}{}, b.OpenVault(r.Context(), body.Phrase, body.Keep))
		}
	})
	s.mux.HandleFunc("POST /v1/vault/use", s.do(b.UseVault))
	s.mux.HandleFunc("POST /v1/vault/move", func(w http.ResponseWriter, r *http.Request) {
		var body placeBody
		if read(w, r, "move the secrets", &body) {
			s.answer(w, "move the secrets", struct{}{}, b.MoveSecrets(r.Context(), body.Place))
		}
	})
}

// phraseBody carries a passphrase to the relay. Its text forms show nothing.
type phraseBody struct {
	Phrase string `json:"phrase"`
	Keep   bool   `json:"keep"`
}

func (phraseBody) String() string   { return "[hidden]" }
func (phraseBody) GoString() string { return "[hidden]" }

type placeBody struct {
	Place string `json:"place"`
}

// VaultState implements VaultBackend; a relay that cannot be asked has none.
func (c *Client) VaultState(ctx context.Context) VaultState {
	state, _ := get[VaultState](ctx, c, "/v1/vault") // the calls that need it say why
	return state
}

// OpenVault implements VaultBackend.
func (c *Client) OpenVault(ctx context.Context, phrase string, keep bool) error {
	return c.exchange(ctx, http.MethodPost, "/v1/vault/open", phraseBody{phrase, keep}, nil)
}

// UseVault implements VaultBackend.
func (c *Client) UseVault(ctx context.Context) error { return c.post(ctx, "/v1/vault/use", nil) }

// MoveSecrets implements VaultBackend.
func (c *Client) MoveSecrets(ctx context.Context, place string) error {
	return c.exchangeWithin(ctx, restartTimeout, http.MethodPost, "/v1/vault/move", placeBody{place}, nil)
}
