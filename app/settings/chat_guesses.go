package settings

import (
	"encoding/json"
	"os"
	"path/filepath"

	"perch/app/control"
	"perch/bridge"
)

// guessesName is the file beside the journal that holds how many guesses of a PIN each channel had left last, while that
// is few: to ask the servers costs a guess at one of them. It holds nothing secret.
const guessesName = "chat-guesses.json"

func (l *Local) guessesPath() string {
	return filepath.Join(filepath.Dir(l.home.Journal()), guessesName)
}

// guesses are the numbers that are remembered, by channel.
func (l *Local) guesses() map[string]int {
	all := map[string]int{}
	if raw, err := os.ReadFile(l.guessesPath()); err == nil {
		_ = json.Unmarshal(raw, &all) // what cannot be read is not known
	}
	return all
}

// noteGuesses remembers how many guesses are left, which is never more than before until a PIN was right; nil forgets it.
func (l *Local) noteGuesses(channel string, left *int) {
	all := l.guesses()
	last, isKnown := all[channel]
	switch {
	case left == nil:
		delete(all, channel)
	case *left > control.FewGuesses && !isKnown:
		return
	case !isKnown || *left < last:
		all[channel] = *left
	}
	raw, _ := json.Marshal(all) // numbers only: cannot fail
	if err := os.WriteFile(l.guessesPath(), raw, 0o600); err != nil {
		l.log.Warn("guesses of a PIN not remembered", "channel", channel, "error", err)
	}
}

// fewGuesses refuses an attempt before anybody is asked, where few guesses were left last and nobody says that it is to be
// made all the same.
func (l *Local) fewGuesses(channel string, confirm func(left int) bool) *bridge.Error {
	left, isKnown := l.guesses()[channel]
	if !isKnown || left > control.FewGuesses || (confirm != nil && confirm(left)) {
		return nil
	}
	return rememberedError(left)
}
