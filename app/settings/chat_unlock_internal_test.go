package settings

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"perch/app/control"
	"perch/bridge"
	"perch/bridge/xchat/juicebox"
	"perch/bridge/xchat/juicebox/realm"
	"perch/bridge/xchat/keys/keytest"
)

// never fails the test when it is asked.
func never(t *testing.T) func(int) bool {
	return func(left int) bool { t.Errorf("asked about %d guesses", left); return true }
}

func (w *chatWorld) unlock(pin string, confirm func(int) bool) (control.ChatResult, *bridge.Error) {
	w.t.Helper()
	r, err := w.UnlockChat(w.t.Context(), "support", pin, confirm)
	w.checkHidden("an attempt", fmt.Sprintf("%+v %#v %v %+v", r, r, err, bridge.AsError(err)), w.stored(), pin)
	if err == nil {
		return r, nil
	}
	e := bridge.AsError(err)
	if e.Message == "" || e.Remedy == "" {
		w.t.Errorf("an attempt says too little: %+v", e)
	}
	return r, e
}

func left(r control.ChatResult) int {
	if r.Left == nil {
		return juicebox.Unknown
	}
	return *r.Left
}

func TestThePINGetsTheKeysBack(t *testing.T) {
	w := mustChatWorld(t)
	private := keytest.Private(t)
	w.register(private, "1765001112223", "u")
	w.backUp("u", rawOf(t, private), realm.MaxGuesses)
	r, e := w.unlock("another-7295", never(t))
	if e == nil || !strings.Contains(e.Message, "the PIN is wrong; 19 guesses are left") || left(r) != 19 || w.stored() != "" {
		t.Fatalf("a wrong PIN: %+v, %v", r, e)
	}
	if used := w.guesses("u"); !slices.Equal(used, []int{1, 1, 1}) {
		t.Errorf("a wrong PIN cost %v", used)
	}
	r, e = w.unlock(brandPIN, never(t))
	if e != nil || r.Fingerprint != private.Fingerprint() || !r.CanSign || left(r) != 20 || w.stored() != private.Reveal() {
		t.Errorf("the PIN: %+v, %v", r, e)
	}
	if n := w.calls["GET /2/users/"+brandID+"/public_keys"]; n != 2 {
		t.Errorf("the records were asked for %d times in two attempts", n)
	}
}

func TestFewGuessesAreNotSpentWithoutAWord(t *testing.T) {
	w := mustChatWorld(t)
	private := keytest.Private(t)
	w.register(private, "1765001112223", "u")
	w.backUp("u", rawOf(t, private), 4)
	r, e := w.unlock(brandPIN, nil)
	if e == nil || e.Code != control.CodeFewGuesses || left(r) != 3 || !strings.Contains(e.Message, "3 guesses are left") || !strings.Contains(e.Remedy, "--yes") {
		t.Fatalf("three left: %+v, %v", r, e)
	}
	if used := w.guesses("u"); !slices.Equal(used, []int{0, 0, 1}) || w.stored() != "" {
		t.Errorf("an attempt that was not confirmed cost %v", used)
	}
	for range 3 { // what is known to be few is not asked for once more, which would cost a guess each time
		if r, e = w.unlock(brandPIN, nil); e == nil || e.Code != control.CodeFewGuesses || left(r) != 3 || !strings.Contains(e.Message, "no guess was spent") {
			t.Errorf("remembered: %+v, %v", r, e)
		}
	}
	if used := w.guesses("u"); !slices.Equal(used, []int{0, 0, 1}) {
		t.Errorf("attempts that nobody wanted cost %v", used)
	}
	asked := 0
	r, e = w.unlock(" '"+brandPIN+"'\r\n", func(n int) bool { asked = n; return true })
	if e != nil || asked != 2 || w.stored() != private.Reveal() {
		t.Errorf("confirmed with %d left: %+v, %v", asked, r, e)
	}
	for range 4 {
		r, e = w.unlock("another-0000", func(int) bool { return true })
	}
	if e == nil || !strings.Contains(e.Message, "gone") || left(r) != 0 || !strings.Contains(e.Remedy, "reset") {
		t.Errorf("the last guess: %+v, %v", r, e)
	}
	if r, e = w.unlock(brandPIN, never(t)); e == nil || !strings.Contains(e.Message, "no guesses are left") || left(r) != 0 {
		t.Errorf("after the last guess: %+v, %v", r, e)
	}
}

func TestAnOlderBackupIsTriedWhereTheNewestIsNone(t *testing.T) {
	w := mustChatWorld(t)
	private := keytest.Private(t)
	w.register(private, "1765001112223", "new")
	w.register(keytest.Private(t), "1736001112223", "old")
	w.register(keytest.Private(t), "1700001112223", "oldest")
	w.backUp("old", rawOf(t, private), realm.MaxGuesses)
	w.backUp("oldest", rawOf(t, keytest.Private(t)), realm.MaxGuesses)
	if r, e := w.unlock("another-1", never(t)); e == nil || !strings.Contains(e.Message, "the PIN is wrong") || !slices.Equal(w.guesses("oldest"), []int{0, 0, 0}) {
		t.Errorf("a wrong PIN is tried at one backup after the other: %+v, %v, %v", r, e, w.guesses("oldest"))
	}
	if r, e := w.unlock(brandPIN, never(t)); e != nil || r.Version != "1765001112223" {
		t.Errorf("%+v, %v", r, e)
	}
}

func TestWhatAttemptsFailBy(t *testing.T) {
	w := mustChatWorld(t)
	private := keytest.Private(t)
	fails := func(what, pin, says string) *bridge.Error {
		t.Helper()
		r, e := w.unlock(pin, never(t))
		if e == nil || !strings.Contains(e.Message, says) || w.stored() != "" {
			t.Errorf("%s: %+v, %v", what, r, e)
		}
		return e
	}
	fails("no record", brandPIN, "never set up X Chat")
	w.register(private, "1765001112223", "")
	fails("no configuration", brandPIN, "no guess was spent")
	w.rows = nil
	w.register(private, "1765001112223", "u")
	fails("no PIN", "", "no guess was spent")
	fails("a long PIN", strings.Repeat("1", 300), "too long")
	fails("nothing registered", brandPIN, "there is no backup")
	w.backUp("u", []byte("these are no keys"), realm.MaxGuesses)
	fails("no keys", brandPIN, "no keys that Perch knows")
	w.backUp("u", rawOf(t, keytest.Private(t)), realm.MaxGuesses)
	fails("other keys", brandPIN, "do not belong to @acme_support")
	for _, r := range w.set.Realms {
		r.Revoke(realmToken + "-u")
	}
	fails("tokens that have ended", brandPIN, "no guess was spent")
	w.rows[0]["juicebox_config"] = map[string]any{"realms": 7}
	fails("a configuration of another kind", brandPIN, "cannot be used")
	w.unlocking.Lock()
	fails("another attempt", brandPIN, "under way")
}

func TestEveryKindOfFailureHasWords(t *testing.T) {
	for kind, text := range unlockTexts {
		for _, e := range []*juicebox.Error{{Kind: kind, Left: juicebox.Unknown}, {Kind: kind, Left: 1, Spent: true}, {Kind: kind, Left: juicebox.Unknown, Spent: true}} {
			got := bridge.AsError(unlockError(e))
			if !strings.HasPrefix(got.Message, text[0]) || got.Remedy == "" {
				t.Errorf("%s: %v; %s", kind, got, got.Remedy)
			}
			if e.Spent && e.Left == juicebox.Unknown && kind != juicebox.NoGuesses && !strings.Contains(got.Message, "may have cost a guess") {
				t.Errorf("%s does not say what it cost: %s", kind, got.Message)
			}
		}
	}
	for _, kind := range []juicebox.Kind{juicebox.Garbage, juicebox.BadProof, juicebox.Disagreement, juicebox.Declined} {
		if got := bridge.AsError(unlockError(&juicebox.Error{Kind: kind, Left: 3, Spent: true})); !strings.Contains(got.Message, "3 guesses are left") || got.Remedy == "" {
			t.Errorf("%s: %v; %s", kind, got, got.Remedy)
		}
	}
}

// A configuration that only simulators may have is refused where X is not one.
func TestOnlyASimulatorOfThisComputerIsLocal(t *testing.T) {
	for base, want := range map[string]bool{
		"http://127.0.0.1:3000": true, "http://[::1]:3000": true, "http://localhost:3000": true, "https://api.x.com": false, "http://localhost.example": false, "http://127.0.0.1.example": false, "": false,
	} {
		trial := &chatTrial{}
		trial.channel.X.APIBase = base
		if trial.isLocal() != want {
			t.Errorf("%q: local is %v", base, !want)
		}
	}
}

// Servers that break in the middle of an attempt are not asked again, and the admin is told what it may have cost.
func TestAnAttemptThatBreaksIsNotRepeated(t *testing.T) {
	w := mustChatWorld(t)
	private := keytest.Private(t)
	w.register(private, "1765001112223", "u")
	w.register(keytest.Private(t), "1736001112223", "old")
	w.backUp("u", rawOf(t, private), realm.MaxGuesses)
	w.backUp("old", rawOf(t, private), realm.MaxGuesses)
	for _, r := range w.set.Realms {
		r.Answer = func(step string, answer any) any {
			if step == "Recover2" {
				return "nonsense"
			}
			return answer
		}
	}
	r, e := w.unlock(brandPIN, never(t))
	if e == nil || r.Left != nil || !strings.Contains(e.Message, "may have cost a guess") || w.stored() != "" {
		t.Errorf("%+v, %v", r, e)
	}
	for _, r := range w.set.Realms {
		if n := r.Asked("Recover2"); n > 1 {
			t.Errorf("a server was asked for %d guesses in one attempt", n)
		}
	}
}

// Who has asked may go away, or type Ctrl+C: breaking an attempt off would cost a guess for nothing.
func TestAnAttemptThatHasBegunIsEnded(t *testing.T) {
	w := mustChatWorld(t)
	private := keytest.Private(t)
	w.register(private, "1765001112223", "u")
	w.backUp("u", rawOf(t, private), realm.MaxGuesses)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for _, r := range w.set.Realms {
		r.Answer = func(step string, answer any) any {
			if step == "Recover2" {
				cancel()
			}
			return answer
		}
	}
	if _, err := w.UnlockChat(ctx, "support", brandPIN, never(t)); err != nil || w.stored() != private.Reveal() || ctx.Err() == nil {
		t.Errorf("%v, %v", err, ctx.Err())
	}
	if used := w.guesses("u"); !slices.Equal(used, []int{0, 0, 0}) {
		t.Errorf("the right PIN has cost %v", used)
	}
	if _, err := w.UnlockChat(ctx, "support", brandPIN, never(t)); err == nil || !slices.Equal(w.guesses("u"), []int{0, 0, 0}) {
		t.Errorf("an attempt was begun that nobody waits for: %v", err)
	}
}
