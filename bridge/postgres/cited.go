package postgres

import (
	"context"

	"perch/bridge"
)

// citedPost finds a public post by its id at X, each part by an index of its own (message_in, message_sent, the key of echo).
const citedPost = `SELECT sender, text FROM message WHERE direction = 'in' AND channel = $1 AND x_id = $2 AND kind IN ('mention', 'reply')
	UNION ALL SELECT '', text FROM message WHERE direction = 'out' AND channel = $1 AND x_id = $2 AND kind IN ('mention', 'reply')
	UNION ALL SELECT '', text FROM echo WHERE channel = $1 AND x_id = $2 LIMIT 1`

// CitedPost returns a public post by its id at X: a customer's, or one of the channel's account, whose handle is left empty.
func (s *Store) CitedPost(ctx context.Context, channel, id string) (bridge.Cited, bool, error) {
	post := bridge.Cited{ID: id}
	found, err := s.one(ctx, citedPost, []any{channel, id}, &post.Handle, &post.Text)
	if err != nil || !found {
		return bridge.Cited{}, false, err
	}
	return post, true, nil
}
