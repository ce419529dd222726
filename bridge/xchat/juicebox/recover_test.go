package juicebox_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge/xchat/juicebox"
	"perch/bridge/xchat/juicebox/realm"
)

// fails checks an error and returns it.
func fails(t *testing.T, err error, kind juicebox.Kind, left int, spent bool) *juicebox.Error {
	t.Helper()
	var e *juicebox.Error
	if !errors.As(err, &e) || !errors.Is(err, kind) {
		t.Fatalf("error %v, want %q", err, kind)
	}
	if e.Kind != kind || e.Left != left || e.Spent != spent {
		t.Errorf("%q with %d guesses left, spent %v: want %q, %d, %v", e.Kind, e.Left, e.Spent, kind, left, spent)
	}
	return e
}

func (s *scene) succeeds(t *testing.T) {
	t.Helper()
	if got, err := s.recover(pin); err != nil || !bytes.Equal(got, s.secret) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
}

// used are the guesses that each realm has counted.
func (s *scene) used() []int {
	var out []int
	for _, r := range s.set.Realms {
		used, _ := r.Guesses(user)
		out = append(out, used)
	}
	return out
}

func (s *scene) wantUsed(t *testing.T, want ...int) {
	t.Helper()
	for i, got := range s.used() {
		if got != want[i] {
			t.Errorf("guesses used: %v, want %v", s.used(), want)
			return
		}
	}
}

func TestRecoverFromRealmsOfAllKinds(t *testing.T) {
	t.Parallel()
	for _, shape := range shapes {
		for _, size := range []int{0, 1, 64, 128} {
			s := newScene(t, shape.threshold, shape.secure...)
			s.secret = random(size)
			s.set.Register(user, pin, s.secret, 1)
			s.succeeds(t)
			s.succeeds(t) // a right PIN costs nothing
		}
	}
}

func TestTheHashOfPINsThatXUses(t *testing.T) {
	t.Parallel()
	s := asX(t)
	s.set.Fast = false
	s.set.Register(user, pin, s.secret, 3)
	s.attach(t)
	s.client.Local = true
	s.succeeds(t)
}

func TestWrongPINsCountDownToNothing(t *testing.T) {
	t.Parallel()
	s := asX(t)
	for left := realm.MaxGuesses - 1; left >= 0; left-- {
		_, err := s.recover([]byte("0000"))
		e := fails(t, err, juicebox.WrongPIN, left, true)
		if len(e.Realms) > 0 {
			t.Errorf("realms were lost: %v", e.Realms)
		}
	}
	_, err := s.recover(pin)
	fails(t, err, juicebox.NoGuesses, 0, false)
	for _, r := range s.set.Realms {
		if _, allowed := r.Guesses(user); allowed > 0 {
			t.Error("a realm has kept its share")
		}
	}
}

func TestTheLastGuessMayBeRight(t *testing.T) {
	t.Parallel()
	s := asX(t)
	s.set.Register(user, pin, s.secret, 2)
	_, err := s.recover([]byte("1"))
	fails(t, err, juicebox.WrongPIN, 1, true)
	s.succeeds(t)
	s.wantUsed(t, 0, 0, 0)
}

func TestARealmThatIsLostDoesNoHarm(t *testing.T) {
	t.Parallel()
	for lost := range 3 {
		s := asX(t)
		s.cut(lost)
		s.succeeds(t)
		_, err := s.recover([]byte("0000"))
		e := fails(t, err, juicebox.WrongPIN, realm.MaxGuesses-1, true)
		if len(e.Realms) != 1 || e.Realms[0].Realm != lost+1 || e.Realms[0].Kind != juicebox.Unreachable {
			t.Errorf("lost: %v", e.Realms)
		}
		s.cut(lost, (lost+1)%3)
		_, err = s.recover(pin)
		fails(t, err, juicebox.Unreachable, juicebox.Unknown, false)
	}
}

// cut makes realms unreachable.
func (s *scene) cut(lost ...int) {
	s.net.around = func(_ int, req *http.Request, pass func() *http.Response) (*http.Response, error) {
		for _, i := range lost {
			if s.index(req) == i {
				return nil, errors.New("no route to host")
			}
		}
		return pass(), nil
	}
}

func TestNothingRegistered(t *testing.T) {
	t.Parallel()
	s := asX(t)
	s.set.Allow("another", "2222")
	s.cfg = configuration(t, s.set.Configuration(base, "another"))
	_, err := s.recover(pin)
	fails(t, err, juicebox.NotRegistered, juicebox.Unknown, false)
}

func TestARegistrationThatDidNotComeThrough(t *testing.T) {
	t.Parallel()
	s := plain(t)
	half := &realm.Set{Realms: s.set.Realms[:1], Threshold: 1, Fast: true}
	half.Register(user, []byte("9999"), random(64), 20)
	s.succeeds(t) // two realms still agree
	state, err := s.client.Check(context.Background(), s.cfg)
	if err != nil || state.Registered != 2 || len(state.Lost) != 1 || state.Lost[0].Kind != juicebox.VersionMismatch {
		t.Errorf("%+v, %v", state, err)
	}
	another := &realm.Set{Realms: s.set.Realms[1:2], Threshold: 1, Fast: true}
	another.Register(user, []byte("9999"), random(64), 20)
	_, err = s.recover(pin)
	fails(t, err, juicebox.NotRegistered, juicebox.Unknown, false)
}

func TestOneRealmAloneIsNotBelievedThatNothingIsLeft(t *testing.T) {
	t.Parallel()
	for _, lie := range []string{"NoGuesses", "NotRegistered"} {
		s := asX(t)
		s.lie(1, "Recover1", func(any) any { return answered("Recover1", lie) })
		s.succeeds(t)
		s.cut(0)
		_, err := s.recover(pin)
		fails(t, err, juicebox.Unreachable, juicebox.Unknown, false)
		s.net.around = nil
		s.lie(2, "Recover1", func(any) any { return answered("Recover1", lie) })
		_, err = s.recover(pin)
		if !errors.Is(err, juicebox.NoGuesses) && !errors.Is(err, juicebox.NotRegistered) {
			t.Errorf("%v", err)
		}
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	s := asX(t)
	s.set.Realms[0].Revoke(token)
	s.succeeds(t)
	s.set.Realms[1].Revoke(token)
	_, err := s.recover(pin)
	fails(t, err, juicebox.InvalidAuth, juicebox.Unknown, false)
	s.cfg = configuration(t, s.set.Configuration(base, ""))
	before := s.net.number
	_, err = s.recover(pin)
	fails(t, err, juicebox.InvalidAuth, juicebox.Unknown, false)
	if s.net.number != before {
		t.Error("a realm was asked without a token")
	}
}

func TestPINsThatAreNone(t *testing.T) {
	t.Parallel()
	s := asX(t)
	for _, bad := range [][]byte{nil, {}, make([]byte, juicebox.MaxPIN+1)} {
		_, err := s.recover(bad)
		fails(t, err, juicebox.BadPIN, juicebox.Unknown, false)
	}
	if s.net.number > 0 {
		t.Error("a realm was asked")
	}
}

func TestCheckCostsNothing(t *testing.T) {
	t.Parallel()
	s := asX(t)
	for range 50 {
		state, err := s.client.Check(context.Background(), s.cfg)
		if err != nil || state.Registered != 3 || state.Needed != 2 || state.MaxGuesses != realm.MaxGuesses || len(state.Lost) > 0 {
			t.Fatalf("%+v, %v", state, err)
		}
	}
	s.wantUsed(t, 0, 0, 0)
}

// TestConfirm shows what an attempt costs that is stopped after the first realm has told its number.
func TestConfirm(t *testing.T) {
	t.Parallel()
	s := asX(t)
	var told []int
	goOn := false
	s.client.Confirm = func(_ context.Context, left int) bool { told = append(told, left); return goOn }
	_, err := s.recover([]byte("0000"))
	fails(t, err, juicebox.Declined, realm.MaxGuesses-1, true)
	s.wantUsed(t, 1, 0, 0)
	goOn = true
	_, err = s.recover([]byte("0000"))
	fails(t, err, juicebox.WrongPIN, realm.MaxGuesses-2, true)
	s.wantUsed(t, 2, 1, 1)
	s.succeeds(t)
	s.wantUsed(t, 0, 0, 0)
	if len(told) != 3 || told[0] != 19 || told[1] != 18 || told[2] != 17 {
		t.Errorf("told %v", told)
	}
	s.cut(0)
	s.succeeds(t)
	if told[3] != 19 {
		t.Errorf("told %v", told)
	}
}

func TestConfirmIsNotAskedWhenTooFewRealmsAreLeft(t *testing.T) {
	t.Parallel()
	s := plain(t)
	s.client.Confirm = func(context.Context, int) bool { t.Error("asked"); return true }
	s.net.around = func(_ int, req *http.Request, pass func() *http.Response) (*http.Response, error) {
		if step(req) == "Recover2" && s.index(req) < 2 {
			return nil, errors.New("reset")
		}
		return pass(), nil
	}
	_, err := s.recover(pin)
	fails(t, err, juicebox.Unreachable, juicebox.Unknown, true)
	s.wantUsed(t, 0, 0, 0) // the third was not touched
}

func TestALostAnswerOfStep2IsNotAskedForAgain(t *testing.T) {
	t.Parallel()
	for _, confirm := range []func(context.Context, int) bool{nil, func(context.Context, int) bool { return true }} {
		s := plain(t)
		s.client.Confirm = confirm
		s.lose("Recover2", 1000)
		_, err := s.recover(pin)
		fails(t, err, juicebox.Unreachable, juicebox.Unknown, true)
		for _, r := range s.set.Realms {
			if n := r.Asked("Recover2"); n > 1 {
				t.Errorf("a realm was asked %d times", n)
			}
		}
	}
}

// lose has the realms carry a step out and their first answers get lost.
func (s *scene) lose(what string, answers int) {
	s.net.around = func(_ int, req *http.Request, pass func() *http.Response) (*http.Response, error) {
		response := pass()
		if step(req) == what {
			s.net.mu.Lock()
			defer s.net.mu.Unlock()
			if answers > 0 {
				answers--
				return nil, errors.New("connection reset by peer")
			}
		}
		return response, nil
	}
}

func TestLostAnswersOfTheOtherStepsAreAskedForAgain(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"Recover1", "Recover3"} {
		s := newScene(t, 2, false, false)
		s.lose(what, 1)
		s.succeeds(t)
		s.wantUsed(t, 0, 0)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	s := plain(t)
	s.net.around = func(_ int, req *http.Request, pass func() *http.Response) (*http.Response, error) {
		response := pass()
		if step(req) == "Recover2" {
			response.StatusCode = http.StatusTemporaryRedirect
			response.Header.Set("Location", base+"/elsewhere")
			response.Body = http.NoBody
		}
		if strings.Contains(req.URL.Path, "elsewhere") {
			t.Error("followed")
		}
		return response, nil
	}
	_, err := s.recover(pin)
	fails(t, err, juicebox.Unreachable, juicebox.Unknown, true)
	s.wantUsed(t, 1, 1, 1)
}

func TestNothingCanBeSentAgainAndNoCookieIsKept(t *testing.T) {
	t.Parallel()
	s := asX(t)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.client.HTTP.Jar = jar
	s.net.around = func(_ int, req *http.Request, pass func() *http.Response) (*http.Response, error) {
		if len(req.Cookies()) > 0 {
			t.Error("a cookie was sent")
		}
		response := pass()
		response.Header.Set("Set-Cookie", "who=1111; Path=/")
		return response, nil
	}
	s.succeeds(t)
	if s.net.again {
		t.Error("net/http could send a request again")
	}
}

func TestSessionsThatAreForgotten(t *testing.T) {
	t.Parallel()
	s := newScene(t, 2, true, true)
	forget := func() {
		for _, r := range s.set.Realms {
			r.Forget()
		}
	}
	s.client.Confirm = func(context.Context, int) bool { forget(); return true }
	s.succeeds(t)
	s.client.Confirm = nil
	for n := 1; n <= 8; n++ { // between any two requests
		s := newScene(t, 2, true, true)
		s.net.around = func(number int, _ *http.Request, pass func() *http.Response) (*http.Response, error) {
			if number == n {
				for _, r := range s.set.Realms {
					r.Forget()
				}
			}
			return pass(), nil
		}
		if got, err := s.recover(pin); err == nil && !bytes.Equal(got, s.secret) || err != nil && !errors.Is(err, juicebox.Unreachable) {
			t.Errorf("forgotten before request %d: %d bytes, %v", n, len(got), err)
		}
		for _, r := range s.set.Realms {
			if asked := r.Asked("Recover2"); asked > 1 {
				t.Errorf("forgotten before request %d: a guess was spent %d times", n, asked)
			}
		}
	}
}

func TestCancelledAtAnyRequest(t *testing.T) {
	t.Parallel()
	for _, confirm := range []func(context.Context, int) bool{nil, func(context.Context, int) bool { return true }} {
		for n := 1; ; n++ {
			s := asX(t)
			s.client.Confirm = confirm
			ctx, cancel := context.WithCancel(context.Background())
			s.net.around = func(number int, _ *http.Request, pass func() *http.Response) (*http.Response, error) {
				if number >= n {
					cancel()
					return nil, ctx.Err()
				}
				return pass(), nil
			}
			got, err := s.client.Recover(ctx, s.cfg, pin)
			cancel()
			if err == nil {
				if !bytes.Equal(got, s.secret) || n < 9 {
					t.Errorf("cancelled at request %d: %d bytes", n, len(got))
				}
				break
			}
			var e *juicebox.Error
			if !errors.Is(err, juicebox.Cancelled) || !errors.Is(err, context.Canceled) || !errors.As(err, &e) {
				t.Errorf("cancelled at request %d: %v", n, err)
			} else if n <= 3 && e.Spent || n > 5 && !e.Spent {
				t.Errorf("cancelled at request %d: spent %v", n, e.Spent)
			}
		}
	}
}

func TestCancelledWhileAsked(t *testing.T) {
	t.Parallel()
	s := asX(t)
	ctx, cancel := context.WithCancel(context.Background())
	s.client.Confirm = func(context.Context, int) bool { cancel(); return true }
	_, err := s.client.Recover(ctx, s.cfg, pin)
	fails(t, err, juicebox.Cancelled, realm.MaxGuesses-1, true)
	s.wantUsed(t, 1, 0, 0)
}

// TestRealmsThatHang has no network and so virtual time.
func TestRealmsThatHang(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := asX(t)
		hang := map[int]bool{1: true}
		s.net.around = func(_ int, req *http.Request, pass func() *http.Response) (*http.Response, error) {
			if hang[s.index(req)] {
				<-req.Context().Done()
				return nil, req.Context().Err()
			}
			return pass(), nil
		}
		began := time.Now()
		s.succeeds(t)
		if took := time.Since(began); took > 6*time.Second {
			t.Errorf("one that hangs costs %v", took)
		}
		began = time.Now()
		hang[0] = true
		_, err := s.recover(pin)
		fails(t, err, juicebox.Unreachable, juicebox.Unknown, false)
		if took := time.Since(began); took > 41*time.Second {
			t.Errorf("two that hang cost %v", took)
		}
	})
}
