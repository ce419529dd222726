//go:build windows || darwin

package desk

import "context"

func trayHost(context.Context, func(string) string) Answer { return Yes }
