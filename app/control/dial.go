package control

import (
	"context"
	"net"
)

// Dial opens a connection to what Listen has opened.
func Dial(ctx context.Context, path string) (net.Conn, error) {
	return dial(ctx, path)
}
