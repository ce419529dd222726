package motionsim

import (
	"cmp"
	"crypto/rand"
	"log/slog"
	"time"
)

// Options say what the simulated Motion is. What is missing is made up; Motion.Options tells the result.
type Options struct {
	// Addr is where Motion listens; empty means a free port of 127.0.0.1.
	Addr string
	// User and Password are an admin's; APIKey is the other way to authenticate.
	User, Password, APIKey string
	// AccountID, Name and MapKey are of the one Open Channel account; 5, "X" and "twitter" when missing.
	AccountID int
	Name      string
	MapKey    string
	// Keys renames members of the account's JSON, because Motion's versions differ: {"replyUrl": "reply_url"}.
	Keys map[string]string
	// ChangeRefused is the status with which a change of the account is refused; 0 lets it be changed. Not every version
	// of Motion has the call, and not every user may make it.
	ChangeRefused int
	// NotifyAuth demands credentials at the Receive URL, too.
	NotifyAuth bool
	// MaxAttachment bounds a file, in bytes; 0 means 25 MB.
	MaxAttachment int64
	// TLS serves https with a certificate of its own; Motion.Pin names it.
	TLS bool
	// ReplyTimeout bounds a call of the Reply URL; 0 means 30 s.
	ReplyTimeout time.Duration
	// Now is Motion's clock; nil means time.Now.
	Now func() time.Time
	// Log receives one debug line for each call; nil means none.
	Log *slog.Logger
}

const (
	defaultAccount    = 5
	defaultAttachment = 25 << 20
	defaultReply      = 30 * time.Second
	// frame is the room for what stands around a file, in bytes.
	frame = 1 << 20
)

func (o *Options) fill() {
	o.User = cmp.Or(o.User, "admin")
	o.Password = cmp.Or(o.Password, rand.Text())
	o.APIKey = cmp.Or(o.APIKey, rand.Text())
	o.Name = cmp.Or(o.Name, "X")
	o.MapKey = cmp.Or(o.MapKey, "twitter")
	o.AccountID = cmp.Or(o.AccountID, defaultAccount)
	o.MaxAttachment = cmp.Or(o.MaxAttachment, defaultAttachment)
	o.ReplyTimeout = cmp.Or(o.ReplyTimeout, defaultReply)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
}
