package settings

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"perch/app/adapter"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/xchat/juicebox"
	"perch/bridge/xchat/keys"
)

// unlockPatience bounds an attempt. One that is cut off may cost a guess, so that it is as long as the servers' own.
const unlockPatience = 75 * time.Second

// UnlockChat implements control.ChatBackend. confirm is asked with the number of guesses that are left if the PIN is wrong,
// once the attempt has cost one guess at one of the servers, which is when that becomes known.
func (l *Local) UnlockChat(ctx context.Context, channel, pin string, confirm func(left int) bool) (control.ChatResult, error) {
	if pin = strings.Trim(pin, " \t\r\n\"'"); pin == "" || len(pin) > juicebox.MaxPIN { // what pasting adds would cost a guess
		return control.ChatResult{}, unlockError(&juicebox.Error{Kind: juicebox.BadPIN, Left: juicebox.Unknown})
	}
	if !l.unlocking.TryLock() {
		return control.ChatResult{}, busyError()
	}
	defer l.unlocking.Unlock()
	t, err := l.chatTrial(ctx, channel) // right before the attempt: the records hold tokens that end soon
	if err != nil {
		return control.ChatResult{}, err
	}
	defer t.x.Close()
	configs, err := t.backups()
	if err != nil {
		return control.ChatResult{}, err
	}
	if refusal := l.fewGuesses(t.channel.Name, confirm); refusal != nil {
		return control.ChatResult{Left: known(l.guesses()[t.channel.Name])}, refusal
	}
	// Who has asked may have gone away meanwhile: an attempt that has begun is ended, since to break it off costs a guess too.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), unlockPatience)
	defer cancel()
	private, left, err := t.unlock(ctx, configs, []byte(pin), confirm)
	if err != nil {
		switch {
		case bridge.CodeOf(err) == codeGone: // there is nothing to guard any more
			l.noteGuesses(t.channel.Name, nil)
		case left != juicebox.Unknown:
			l.noteGuesses(t.channel.Name, &left)
		}
		return control.ChatResult{Left: known(left)}, err
	}
	l.noteGuesses(t.channel.Name, nil) // a right PIN gives them back
	result, err := l.keepChat(ctx, t, private)
	if err != nil {
		return control.ChatResult{Left: known(left)}, err
	}
	result.Message, result.Left = "the PIN is right: "+result.Message, known(left)
	return result, nil
}

// backups are where the account's keys can be got back from, the newest version first.
func (t *chatTrial) backups() ([]*juicebox.Configuration, error) {
	if _, err := adapter.ChatRecordsOf(t.rows); err != nil {
		return nil, err
	}
	rows := slices.Clone(t.rows)
	slices.SortStableFunc(rows, func(a, b bridge.ChatRow) int { return keys.CompareVersions(b.Version, a.Version) })
	var configs []*juicebox.Configuration
	for _, row := range rows {
		if _, err := row.Verify(); err != nil || len(row.Juicebox) == 0 {
			continue
		}
		c, err := juicebox.ParseConfiguration(row.Juicebox)
		if err != nil {
			return nil, unlockError(asUnlock(err))
		}
		configs = append(configs, c)
	}
	if len(configs) == 0 {
		return nil, noBackupError()
	}
	return configs, nil
}

// unlock makes one attempt, at the newest backup that there is, and returns how many guesses are left after it. That a
// backup is not there costs no guess.
func (t *chatTrial) unlock(ctx context.Context, configs []*juicebox.Configuration, pin []byte, confirm func(int) bool) (keys.Private, int, error) {
	defer clear(pin)
	client := juicebox.Client{Local: t.isLocal(), Confirm: func(_ context.Context, left int) bool {
		return left > control.FewGuesses || (confirm != nil && confirm(left))
	}}
	var failure *juicebox.Error
	for _, c := range configs {
		raw, err := client.Recover(ctx, c, pin)
		if err == nil {
			defer clear(raw)
			private, err := keys.ParsePrivate(raw)
			if err != nil {
				err = noKeysInBackup(err)
			}
			return private, c.MaxGuesses, err
		}
		if failure = asUnlock(err); failure.Kind != juicebox.NotRegistered || failure.Spent {
			break
		}
	}
	return keys.Private{}, failure.Left, unlockError(failure)
}

func asUnlock(err error) *juicebox.Error {
	var e *juicebox.Error
	if errors.As(err, &e) {
		return e
	}
	return &juicebox.Error{Kind: juicebox.Garbage, Left: juicebox.Unknown, Spent: true} // it makes no other errors
}

func known(left int) *int {
	if left == juicebox.Unknown {
		return nil
	}
	return &left
}
