package settings

import (
	"context"
	"fmt"

	"perch/app/adapter"
	"perch/app/control"
	"perch/bridge/motion"
	"perch/bridge/secret"
)

// checkMotionURL asks without credentials: a server that answers is enough. The account itself is not called, because
// Motion would make a message of it.
func checkMotionURL(ctx context.Context, t *trial) (control.CheckResult, error) {
	const paste = "copy the Receive URL from Motion: Open Channel, the account, Settings"
	isServer := t.channel.Motion.ReceiveURL == "" && t.channel.Motion.BaseURL != ""
	if t.channel.Motion.ReceiveURL == "" && !isServer {
		return control.CheckResult{Message: "there is no Receive URL yet", Remedy: paste}, nil
	}
	if t.motion.AccountID() == "" && !isServer {
		return control.CheckResult{Message: "the Receive URL does not name an Open Channel account", Remedy: paste + "; it ends in /accounts/NUMBER/notify"}, nil
	}
	m := t.channel.Motion
	client := motion.New(motion.Config{ReceiveURL: m.ReceiveURL, BaseURL: m.BaseURL, TLSPin: m.TLSPin})
	defer client.Close()
	if _, err := client.Check(ctx); err != nil {
		return control.CheckResult{}, err
	}
	if isServer {
		return control.CheckResult{OK: true, Message: "Motion answers at " + m.Base() + "; its account is not known yet", Remedy: paste}, nil
	}
	return control.CheckResult{OK: true, Message: "Motion answers at " + m.Base()}, nil
}

func checkMotionCredentials(ctx context.Context, t *trial) (control.CheckResult, error) {
	of := func(name string) string { return t.values[secret.Key{Channel: t.channel.Name, Name: name}] }
	if of("motion.password") == "" && of("motion.api_key") == "" {
		return control.CheckResult{
			Message: "neither a password nor an API key is stored", Remedy: "give one; without it messages arrive, but no files",
		}, nil
	}
	mapKey, err := t.motion.Check(ctx)
	if err != nil {
		return control.CheckResult{}, err
	}
	return control.CheckResult{OK: true, Message: fmt.Sprintf("Motion takes the credentials; the Map Key is %q", mapKey), Accounts: accountsOf(ctx, t.motion)}, nil
}

// accountsOf lists Motion's Open Channel accounts. Its documentation promises neither the call nor the names in its answer,
// so that whatever goes wrong is an empty list: the admin then pastes the address.
func accountsOf(ctx context.Context, m *motion.Client) []control.MotionAccount {
	list, err := m.Accounts(ctx)
	if err != nil {
		return nil
	}
	var accounts []control.MotionAccount
	for _, a := range list {
		accounts = append(accounts, control.MotionAccount{ID: a.ID, Name: a.Name, MapKey: a.MapKey, ReceiveURL: a.ReceiveURL, ReplyURL: a.ReplyURL})
	}
	return accounts
}

func checkAttachments(ctx context.Context, t *trial) (control.CheckResult, error) {
	if _, err := adapter.ProveStorage(ctx, t.motion); err != nil {
		return control.CheckResult{}, err
	}
	return control.CheckResult{OK: true, Message: "a file was stored in Motion and fetched again"}, nil
}
