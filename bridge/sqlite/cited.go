package sqlite

import (
	"context"

	"perch/bridge"
)

// citedPost finds a public post by its id at X, each part by an index of its own (message_in, message_sent, the key of echo).
const citedPost = `SELECT sender, text FROM message WHERE direction = 'in' AND channel = ? AND x_id = ? AND kind IN ('mention', 'reply')
	UNION ALL SELECT '', text FROM message WHERE direction = 'out' AND channel = ? AND x_id = ? AND kind IN ('mention', 'reply')
	UNION ALL SELECT '', text FROM echo WHERE channel = ? AND x_id = ? LIMIT 1`

// CitedPost returns a public post by its id at X: a customer's, or one of the channel's account, whose handle is left empty.
func (s *Store) CitedPost(ctx context.Context, channel, id string) (bridge.Cited, bool, error) {
	post := bridge.Cited{ID: id}
	err := s.one(ctx, citedPost, channel, id, channel, id, channel, id).Scan(&post.Handle, &post.Text)
	return found(post, err)
}
