package sqlite

import (
	"context"
	"time"

	"perch/bridge"
)

// oldestWaiting reads one place of the index message_waiting.
const oldestWaiting = `SELECT coalesce(min(received_at), 0) FROM message WHERE open = 1 AND channel = ? AND direction = ?`

// OldestWaiting returns when the message of a channel's way came in that waits the longest, whether for its turn, for its due
// time or for the end of its attempt; zero when none waits. Its cost does not grow with the number of messages.
func (s *reading) OldestWaiting(ctx context.Context, channel string, way bridge.Direction) (time.Time, error) {
	var oldest int64
	err := s.one(ctx, oldestWaiting, channel, way).Scan(&oldest)
	return fromMilli(oldest), err
}
