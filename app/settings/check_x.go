package settings

import (
	"context"

	"perch/app/control"
)

func checkXKeys(ctx context.Context, t *trial) (control.CheckResult, error) {
	me, err := t.x.Me(ctx)
	if err != nil {
		return control.CheckResult{}, err
	}
	return control.CheckResult{OK: true, Message: "X takes the keys: you are @" + me.Handle, Account: me.Handle}, nil
}

func checkXPermissions(ctx context.Context, t *trial) (control.CheckResult, error) {
	me, err := t.x.Me(ctx)
	const remedy = "in X's developer portal, set the app's permissions to \"Read and write and Direct message\", then make a new access token and secret"
	switch {
	case err != nil:
		return control.CheckResult{}, err
	case !me.CanWrite:
		return control.CheckResult{Message: "the keys may only read", Remedy: remedy, Account: me.Handle}, nil
	case !me.CanDM:
		return control.CheckResult{Message: "the keys may not use direct messages", Remedy: remedy, Account: me.Handle}, nil
	}
	return control.CheckResult{OK: true, Message: "the keys may read, write and use direct messages", Account: me.Handle}, nil
}
