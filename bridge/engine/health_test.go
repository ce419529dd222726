package engine_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge"
	"perch/bridge/health"
)

var errNoRoom = &bridge.Error{
	Kind: bridge.Temporary, Side: bridge.SidePerch, Code: bridge.CodeJournal + "full", Message: "the disk that holds the journal is full", Remedy: "make room on it",
}

// sickJournal is a journal whose steps fail as long as err says so; its other methods are those of a real one.
type sickJournal struct {
	bridge.Journal
	err  atomic.Pointer[error]
	room atomic.Pointer[error]
}

func (j *sickJournal) fail(err error) { j.err.Store(&err) }
func (j *sickJournal) fill(err error) { j.room.Store(&err) }

func (j *sickJournal) now() error {
	if err := j.err.Load(); err != nil {
		return *err
	}
	return nil
}

func (j *sickJournal) Room() error {
	if err := j.room.Load(); err != nil {
		return *err
	}
	return nil
}

func (j *sickJournal) Keep(ctx context.Context, post bridge.Post) error {
	if err := j.now(); err != nil {
		return err
	}
	return j.Journal.Keep(ctx, post)
}

func (j *sickJournal) Unpack(ctx context.Context, upTo int64, unpacked bridge.Unpacked) error {
	if err := j.now(); err != nil {
		return err
	}
	return j.Journal.Unpack(ctx, upTo, unpacked)
}

func (j *sickJournal) SetSetting(ctx context.Context, key, value string) error {
	if err := j.now(); err != nil {
		return err
	}
	return j.Journal.SetSetting(ctx, key, value)
}

func (j *sickJournal) Counts(ctx context.Context) ([]bridge.Count, error) {
	if err := j.now(); err != nil {
		return nil, err
	}
	return j.Journal.Counts(ctx)
}

func (j *sickJournal) Update(_ context.Context, id int64, change func(*bridge.Delivery) (bridge.Result, error)) error {
	if _, err := change(&bridge.Delivery{ID: id}); err != nil {
		return err
	}
	return j.now()
}

// sick makes a rig whose journal can be made to fail.
func sick(t *testing.T) (*rig, *sickJournal) {
	j := &sickJournal{}
	return newRig(t, func(r *rig) { r.wrap = func(real bridge.Journal) bridge.Journal { j.Journal = real; return j } }), j
}

func (r *rig) journalLink() bridge.Link {
	r.t.Helper()
	s, err := r.Status(r.t.Context())
	if err != nil {
		r.t.Fatal("status failed with the journal: ", err)
	}
	if (s.Journal.State == bridge.LinkDegraded) != (s.Journal.Failure != nil) {
		r.t.Errorf("the journal is %+v", s.Journal)
	}
	return s.Journal
}

func TestAFullDiskIsSaidWhileItLasts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := sick(t)
		r.receive(dmBody("1", customerID, "before"))
		r.until("the first message", time.Minute, func() bool { return len(r.motion.bodies()) == 1 })
		if link := r.journalLink(); link.State != bridge.LinkOK || link.Detail != "" || link.Since.IsZero() {
			t.Errorf("a journal that is well is %+v", link)
		}
		began := time.Now()
		j.fail(errNoRoom)
		if err := r.AcceptX(t.Context(), []string{"support"}, dmBody("2", customerID, "during")); err == nil {
			t.Error("a message was acknowledged that could not be kept")
		}
		link := r.journalLink()
		if link.State != bridge.LinkDegraded || link.Detail != "the disk that holds the journal is full. Make room on it" || link.Since.Before(began) {
			t.Errorf("a full disk is shown as %+v", link)
		}
		s, _ := r.Status(t.Context())
		if n := s.Channels[0].In.Delivered; n != 1 {
			t.Errorf("with counts that cannot be read %d are delivered, want the last known", n)
		}
		time.Sleep(10 * time.Minute)
		if again := r.journalLink(); !reflect.DeepEqual(again, link) {
			t.Errorf("ten minutes later it is %+v", again)
		}
		j.fail(nil)
		time.Sleep(5 * time.Second) // without any traffic
		if link := r.journalLink(); link.State != bridge.LinkOK {
			t.Errorf("five seconds after there is room it is %+v", link)
		}
	})
}

func TestAFullDiskIsFoundWithoutTraffic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := sick(t)
		time.Sleep(time.Second)
		j.fill(errNoRoom)
		time.Sleep(time.Minute)
		if link := r.journalLink(); link.State != bridge.LinkDegraded {
			t.Errorf("a minute after the disk was full it is %+v", link)
		}
		j.fill(nil)
		time.Sleep(5 * time.Second)
		if link := r.journalLink(); link.State != bridge.LinkOK {
			t.Errorf("five seconds after there is room it is %+v", link)
		}
	})
}

func TestAStepThatFailsForAReasonOfItsOwnIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := sick(t)
		r.receive(dmBody("1", customerID, "hello"))
		j.fail(errors.New("json: year outside of range"))
		time.Sleep(2 * time.Second)
		link := r.journalLink()
		if link.State != bridge.LinkDegraded || !strings.Contains(link.Detail, ": json: year outside of range") { // whichever step was the first
			t.Fatalf("unpacking that fails is shown as %+v", link)
		}
		time.Sleep(5 * time.Minute) // the place can be written all the while
		if link := r.journalLink(); link.State != bridge.LinkDegraded {
			t.Errorf("five minutes later it is %+v", link)
		}
		j.fail(nil)
		r.until("the message", time.Minute, func() bool { return len(r.motion.bodies()) == 1 })
		time.Sleep(time.Minute)
		if link := r.journalLink(); link.State != bridge.LinkOK {
			t.Errorf("after all has gone on it is %+v", link)
		}
	})
}

func TestWhatIsNoTroubleOfTheJournal(t *testing.T) {
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	j := &sickJournal{}
	h := health.Watch(j, slog.New(slog.DiscardHandler), nil)
	for name, step := range map[string]func() error{
		"the caller has gone": func() error { j.fail(gone.Err()); return h.Keep(gone, bridge.Post{}) },
		"interrupted by it":   func() error { j.fail(errors.New("interrupted")); _, err := h.Counts(gone); return err },
		"no such message":     func() error { j.fail(&bridge.Error{Kind: bridge.Invalid}); return h.Keep(t.Context(), bridge.Post{}) },
		"Perch ends":          func() error { j.fail(bridge.ErrStopping); return h.Keep(t.Context(), bridge.Post{}) },
		"a change that is refused": func() error {
			j.fail(nil)
			return h.Update(t.Context(), 9, func(*bridge.Delivery) (bridge.Result, error) { return bridge.Result{}, errors.New("not now") })
		},
	} {
		if err := step(); err == nil {
			t.Errorf("%s: the error is swallowed", name)
		}
		if link := h.Link(); link.State != bridge.LinkOK {
			t.Errorf("%s: the journal is %+v", name, link)
		}
	}
	j.fail(fmt.Errorf("disk: %w", context.DeadlineExceeded))
	if _ = h.Keep(t.Context(), bridge.Post{}); h.Link().State != bridge.LinkDegraded {
		t.Error("a disk that does not answer is no trouble")
	}
}

// TestNoStepIsForgotten finds methods of the port that are promoted from the journal instead of watched.
func TestNoStepIsForgotten(t *testing.T) {
	health := reflect.TypeFor[*health.Journal]()
	for m := range reflect.TypeFor[bridge.Journal]().Methods() {
		own, _ := health.MethodByName(m.Name)
		if file, _ := runtime.FuncForPC(own.Func.Pointer()).FileLine(own.Func.Pointer()); file == "<autogenerated>" {
			t.Errorf("%s is not watched", m.Name)
		}
	}
}
