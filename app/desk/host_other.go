//go:build windows || darwin || js

package desk

import (
	"context"
	"net"
)

func isRefused(context.Context, net.Conn, string, func(string) string) bool { return false }

func trayHost(context.Context, func(string) string) Answer { return Yes }
