package settings

import (
	"fmt"

	"perch/app/control"
	"perch/bridge"
	"perch/bridge/xchat/juicebox"
)

const opUnlock = "unlock encrypted chat"

// codeGone marks attempts after which there is no backup any more.
const codeGone = "chat/backup-gone"

// What to do about an attempt that failed.
const (
	fixPIN     = "make sure of the PIN before you try again: once no guess is left, X has deleted the backup"
	fixReset   = "reset encrypted chat of the account in the X app and set a new PIN, then: perch chat unlock"
	fixImport  = "import the keys from where they were exported: perch chat import"
	fixWait    = "wait some minutes, then try again"
	fixNetwork = "see that this computer reaches the internet by https, then try again"
	fixNewer   = "look for a newer Perch, or " + fixImport
)

// unlockTexts say by kind what people are told, and what they can do.
var unlockTexts = map[juicebox.Kind][2]string{
	juicebox.WrongPIN:         {"the PIN is wrong", fixPIN},
	juicebox.NoGuesses:        {"no guesses are left: too many wrong PINs have deleted the backup of the keys for good", fixReset + "; or " + fixImport},
	juicebox.NotRegistered:    {"there is no backup of the account's keys that a PIN opens", "open X Chat in the X app, signed in as the account, and set a PIN; or " + fixImport},
	juicebox.BadPIN:           {"the PIN is empty or too long", "give the PIN that was set in the X app; it has four digits mostly"},
	juicebox.BadConfiguration: {"what X tells of the backup of the keys cannot be used", fixNewer},
	juicebox.Unreachable:      {"the servers that keep the backup cannot be reached", fixNetwork},
	juicebox.InvalidAuth:      {"the servers that keep the backup do not take the permission that X gave for it", fixWait},
	juicebox.UpgradeRequired:  {"the servers that keep the backup want a newer program", fixNewer},
	juicebox.RateLimited:      {"the servers that keep the backup ask to wait", fixWait},
	juicebox.Cancelled:        {"the attempt was cut off", "try again when there is time for it"},
	juicebox.VersionMismatch:  {"the backup was replaced while it was asked for", fixWait},
	juicebox.Damaged:          {"the PIN is right, but the backup is damaged", fixImport},
}

// unlockError says why an attempt failed, what it cost and how many guesses are left.
func unlockError(e *juicebox.Error) error {
	out := &bridge.Error{Kind: bridge.Operator, Side: bridge.SideX, Op: opUnlock, Code: "chat/unlock"}
	if e.Kind == juicebox.NoGuesses || (e.Kind == juicebox.WrongPIN && e.Left == 0) {
		out.Code = codeGone
	}
	text, isOwn := unlockTexts[e.Kind]
	if e.Kind == juicebox.WrongPIN && e.Left == 0 {
		text[1] = unlockTexts[juicebox.NoGuesses][1]
	}
	if !isOwn {
		text = [2]string{"the servers that keep the backup answer wrongly, or not as one: " + string(e.Kind), fixWait + "; if it stays so, " + fixImport}
	}
	out.Message, out.Remedy = text[0]+costText(e), text[1]
	if e.Kind == juicebox.Declined {
		return declinedError(e)
	}
	if len(e.Realms) > 0 && e.Kind != juicebox.WrongPIN && e.Kind != juicebox.NoGuesses && e.Kind != juicebox.NotRegistered {
		out.Err = e.Realms[0]
	}
	return out
}

// costText says what an attempt has cost.
func costText(e *juicebox.Error) string {
	switch {
	case e.Kind == juicebox.NoGuesses:
		return ""
	case e.Left == 0:
		return "; no guesses are left: the backup of the keys is gone"
	case e.Left == 1:
		return "; one guess is left, and a wrong one deletes the backup of the keys for good"
	case e.Left > 0:
		return fmt.Sprintf("; %d guesses are left", e.Left)
	case e.Spent:
		return "; this may have cost a guess, and nobody told how many are left"
	}
	return "; no guess was spent"
}

func declinedError(e *juicebox.Error) error {
	text := fmt.Sprintf("%d guesses are left", e.Left)
	switch e.Left {
	case 0:
		text = "this is the last guess"
	case 1:
		text = "one guess is left"
	case juicebox.Unknown:
		text = "nobody told how many guesses are left"
	}
	return control.FewGuessesError(
		text+", and after the last wrong one the backup of the keys is gone for good: the PIN was not tried to the end, "+
			"which has cost a guess at one of the servers",
		"make sure of the PIN in the X app; then try again and say that you want it so (perch chat unlock --yes)",
	)
}

func rememberedError(left int) *bridge.Error {
	text := fmt.Sprintf("%d guesses were left the last time", left)
	if left <= 1 {
		text = "one guess or none was left the last time"
	}
	return control.FewGuessesError(
		text+", and after the last wrong one the backup of the keys is gone for good: nobody was asked, and no guess was spent",
		"make sure of the PIN in the X app; then try again and say that you want it so (perch chat unlock --yes)",
	)
}

func busyError() error {
	return &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Op: opUnlock, Message: "another attempt is under way", Remedy: "wait until it has ended",
	}
}

func noBackupError() error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SideX, Op: opUnlock, Message: "X does not tell where the account's keys are kept, so that no PIN can get them back; no guess was spent",
		Remedy: "open X Chat in the X app, signed in as the account, and set a PIN; or " + fixImport,
	}
}

func noKeysInBackup(cause error) error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SideX, Op: opUnlock, Message: "the PIN is right, but what the backup holds are no keys that Perch knows: " + cause.Error(),
		Remedy: fixImport,
	}
}
