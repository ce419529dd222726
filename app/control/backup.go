package control

import (
	"context"
	"net/http"
	"time"

	"perch/app/backup/report"
	"perch/bridge"
)

// backupTimeout bounds the call for a backup: a copy of a large journal on a slow disk takes minutes.
const backupTimeout = time.Hour

// Backup is how it stands with the backups of the relay.
type Backup struct {
	// Last is when the last good one was made; nil for never. File and Bytes are of it.
	Last  *time.Time `json:"last"`
	File  string     `json:"file"`
	Bytes int64      `json:"bytes"`
	// Error says in words why the last one that the relay was to make by itself failed; empty when it did not.
	Error string `json:"error"`
	// Failure is what Error says, in its parts, and RetryAt when it is tried again; nil while Error is empty.
	Failure *Failure   `json:"failure,omitempty"`
	RetryAt *time.Time `json:"retry_at,omitempty"`
	// Every is the time between two ("24h"), "0" for none by itself. Folder is where they go.
	Every  string `json:"every"`
	Folder string `json:"folder"`
}

// FromBackups makes what people see of how it stands with the backups.
func FromBackups(s report.State) Backup {
	out := Backup{Last: orNil(s.Last.At), File: s.Last.File, Bytes: s.Last.Bytes, Every: s.Every, Folder: s.Folder}
	if s.Err != nil {
		why := bridge.FailureOf(bridge.AsError(s.Err))
		out.Error, out.Failure, out.RetryAt = why.Sentence(), fromFailure(&why), orNil(s.Again)
	}
	return out
}

// BackupRequest asks for a backup.
type BackupRequest struct {
	// Path is the full path of the file; "" for a new one in the folder of the relay's own.
	Path string `json:"path"`
	// Passphrase seals the keyring's secrets; "" leaves them out.
	Passphrase string `json:"passphrase"`
}

// BackupMade is a backup that was made and read back.
type BackupMade = report.Made

// Backups makes backups. Implementations are safe for concurrent use; errors are *bridge.Error.
type Backups interface {
	Backup(ctx context.Context, r BackupRequest) (report.Made, error)
}

var _ Backups = (*Client)(nil)

// HandleBackups lets clients have backups made. Call it before Serve, and at most once. A browser has them made in the relay's
// own folder and without the keyring's secrets, as the window does; only the owner of the socket says where to and with what.
//
//	POST /v1/backup   BackupRequest → report.Made
func (s *Server) HandleBackups(b Backups) {
	answer := func(isOwner bool) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			var request BackupRequest
			if !read(w, r, "make a backup", &request) {
				return
			}
			if !isOwner && request != (BackupRequest{}) {
				fail(w, "make a backup", &bridge.Error{
					Kind: bridge.Invalid, Side: bridge.SidePerch, Message: "a browser does not say where a backup goes or what is in it",
					Remedy: "type on the computer where Perch runs: perch backup",
				})
				return
			}
			made, err := b.Backup(r.Context(), request)
			s.answer(w, "make a backup", made, err)
		}
	}
	s.own.HandleFunc("POST /v1/backup", answer(true))
	s.mux.HandleFunc("POST /v1/backup", answer(false))
}

// Backup implements Backups.
func (c *Client) Backup(ctx context.Context, r BackupRequest) (report.Made, error) {
	ctx, cancel := context.WithTimeout(ctx, backupTimeout)
	defer cancel()
	var made report.Made
	response, err := c.do(ctx, http.MethodPost, "/v1/backup", r)
	if err != nil {
		return made, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return made, refused(response)
	}
	return made, decode(response.Body, &made)
}
