package uitest

import (
	"context"

	"perch/app/control"
)

// SetInMotion sets what Motion has as its Reply URL; mute makes it not tell.
func (r *Relay) SetInMotion(url string, mute bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inMotion, r.isMute = url, mute
}

// ReplyURL implements window.Replies.
func (r *Relay) ReplyURL(_ context.Context, channel string) (control.ReplyURL, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return control.ReplyURL{Channel: channel, URL: replyURL, InMotion: r.inMotion, IsSet: r.inMotion == replyURL, CanWrite: !r.isMute}, r.running()
}

// WriteReplyURL implements window.Replies.
func (r *Relay) WriteReplyURL(ctx context.Context, channel, _ string) (control.ReplyURL, error) {
	r.SetInMotion(replyURL, false)
	return r.ReplyURL(ctx, channel)
}
