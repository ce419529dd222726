package settings

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"perch/app/control"
	"perch/bridge"
)

// checkPatience bounds a check.
const checkPatience = 9 * time.Second

// CheckSettings implements control.SettingsBackend.
func (l *Local) CheckSettings(ctx context.Context, what string, r control.CheckRequest) (control.CheckResult, error) {
	checks := map[string]func(context.Context, *trial) (control.CheckResult, error){
		control.CheckXKeys: checkXKeys, control.CheckXPermissions: checkXPermissions, control.CheckMotionURL: checkMotionURL,
		control.CheckMotionCredentials: checkMotionCredentials, control.CheckAttachments: checkAttachments,
		control.CheckPublicAddress: checkPublicAddress,
	}
	check, ok := checks[what]
	if !ok {
		return control.CheckResult{}, &bridge.Error{
			Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "check", Message: "there is no check of that name",
			Remedy: "the checks are: " + strings.Join(control.Checks(), ", "),
		}
	}
	ctx, cancel := context.WithTimeout(ctx, checkPatience)
	defer cancel()
	t, err := l.trial(ctx, r)
	if err != nil {
		return failedCheck(err), nil
	}
	defer t.x.Close()
	defer t.motion.Close()
	result, err := check(ctx, t)
	if err != nil {
		return failedCheck(err), nil
	}
	return result, nil
}

// failedCheck makes a result of an error.
func failedCheck(err error) control.CheckResult {
	e := bridge.AsError(err)
	message := e.Message
	if errors.Is(err, context.DeadlineExceeded) && e.Side == bridge.SidePerch {
		message = fmt.Sprintf("no answer came within %d seconds", checkPatience/time.Second)
	}
	return control.CheckResult{Message: message, Remedy: strings.TrimSuffix(e.Remedy, "; Perch keeps trying")}
}
