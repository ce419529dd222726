package command

import (
	"context"
	"strings"

	"perch/app/control"
	"perch/bridge"
)

const (
	// maxKeyText bounds what keys are imported from, maxPIN a PIN; both in bytes.
	maxKeyText = 64 << 10
	maxPIN     = 256
)

// keyPower is what whoever gives Perch the keys should know.
const keyPower = "This key can read all encrypted messages of this account, also old ones. It is stored encrypted on this machine only."

func (p *program) importChat(ctx context.Context, o chatOptions) error {
	p.Say("%s\n", keyPower)
	pasted, err := p.readHidden("chat import", "Private keys of the account", maxKeyText)
	if err != nil {
		return err
	}
	backend, err := p.chatBackend(ctx)
	if err != nil {
		return err
	}
	result, err := backend.ImportChat(ctx, o.channel, pasted)
	return p.showKeys(result, err)
}

func (p *program) unlockChat(ctx context.Context, o chatOptions) error {
	p.Say("%s\n", keyPower)
	pin, err := p.readHidden("chat unlock", "PIN of X Chat (a wrong one costs one of the guesses that X allows in a row, 20 mostly)", maxPIN)
	if err != nil {
		return err
	}
	if !o.yes && strings.Trim(strings.TrimSpace(pin), `"'0123456789`) != "" {
		return oddPINError()
	}
	backend, err := p.chatBackend(ctx)
	if err != nil {
		return err
	}
	result, err := backend.UnlockChat(ctx, o.channel, pin, p.confirmGuess(o.yes))
	return p.showKeys(result, err)
}

// confirmGuess says how many guesses are left, and lets what the admin has told before decide.
func (p *program) confirmGuess(yes bool) func(int) bool {
	return func(left int) bool {
		if left != control.LeftUnknown && yes {
			p.Say("Few guesses are left if this one is wrong: %d.\n", left)
		}
		return yes
	}
}

// showKeys says which keys are stored now.
func (p *program) showKeys(r control.ChatResult, err error) error {
	if err != nil {
		return err
	}
	if p.json {
		return p.JSON(r)
	}
	p.Print("%s\n", asSentence(r.Message))
	p.Print("Fingerprint: %s\n", r.Fingerprint)
	if r.Remedy != "" {
		p.Print("The running relay does not use it yet: %s\n", r.Remedy)
	}
	return nil
}

func (p *program) forgetChat(ctx context.Context, o chatOptions) error {
	backend, err := p.chatBackend(ctx)
	if err != nil {
		return err
	}
	r, err := backend.ForgetChat(ctx, o.channel)
	if err != nil {
		return err
	}
	if p.json {
		return p.JSON(r)
	}
	p.Print("%s\n", asSentence(r.Message))
	if r.Remedy != "" {
		p.Print("The running relay goes on with them: %s\n", r.Remedy)
	}
	return nil
}

func oddPINError() error {
	return &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "unlock encrypted chat", Message: "this does not look like a PIN of X Chat, which the X app makes of digits; no guess was spent",
		Remedy: "type the PIN alone; if it is another kind of PIN, say so with --yes",
	}
}
