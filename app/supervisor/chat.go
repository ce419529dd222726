package supervisor

import (
	"context"

	"perch/bridge/secret"
)

// forgetChats drops what is kept of encrypted conversations whose channel's keys were deleted while no relay ran.
func (r *relay) forgetChats(ctx context.Context, s *setup) error {
	for _, ch := range s.config.Channels {
		if s.values[secret.Key{Channel: ch.Name, Name: "x.chat_keys"}] != "" {
			continue
		}
		n, err := r.health.CountChats(ctx, ch.Name)
		if err == nil && n > 0 {
			err = r.engine.ForgetChat(ctx, ch.Name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
