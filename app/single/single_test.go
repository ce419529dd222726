package single_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"perch/app/single"
	"perch/bridge/sim/tidy"
)

func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// mustServe takes a place and serves it until the end of the test.
func mustServe(t *testing.T, p single.Place, show func(context.Context, string) error) *single.First {
	t.Helper()
	first, err := p.Take(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	work.Go(func() {
		if err := first.Serve(ctx, show); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); work.Wait(); _ = first.Close() })
	return first
}

func TestASecondWindowAsksTheFirst(t *testing.T) {
	p := single.At(tidy.Folder(t), env("DISPLAY", ":1"))
	if err := p.Ask(t.Context(), ""); !errors.Is(err, single.ErrAbsent) {
		t.Errorf("nobody is there: %v", err)
	}
	asked := make(chan string, 3)
	first := mustServe(t, p, func(_ context.Context, section string) error { asked <- section; return nil })
	if _, err := p.Take(t.Context(), "logs"); !errors.Is(err, single.ErrShown) {
		t.Errorf("a second start: %v", err)
	}
	if err := p.Ask(t.Context(), ""); err != nil {
		t.Errorf("the tray: %v", err)
	}
	if a, b := <-asked, <-asked; a != "logs" || b != "" {
		t.Errorf("it was asked for %q and %q", a, b)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := p.Ask(t.Context(), ""); !errors.Is(err, single.ErrAbsent) {
		t.Errorf("it has closed: %v", err)
	}
	mustServe(t, p, nil)
}

func TestWhatTheWindowAnswersIsTold(t *testing.T) {
	p := single.At(tidy.Folder(t), env())
	mustServe(t, p, func(context.Context, string) error { return errors.New("the desktop does not let it") })
	if err := p.Ask(t.Context(), ""); err == nil || err.Error() != "the desktop does not let it" {
		t.Errorf("got %v", err)
	}
}

// A window whose thread hangs says so itself; one whose process was stopped says nothing. Neither holds anybody up for long.
func TestAWindowThatHangsIsNamed(t *testing.T) {
	t.Run("its thread", func(t *testing.T) {
		t.Parallel()
		p := single.At(tidy.Folder(t), env())
		mustServe(t, p, func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() })
		wantSilent(t, p)
	})
	t.Run("its process", func(t *testing.T) {
		t.Parallel()
		p := single.At(tidy.Folder(t), env())
		if _, err := p.Take(t.Context(), ""); err != nil { // and nobody serves
			t.Fatal(err)
		}
		wantSilent(t, p)
	})
}

func wantSilent(t *testing.T, p single.Place) {
	t.Helper()
	began := time.Now()
	_, err := p.Take(t.Context(), "")
	var silent *single.SilentError
	if !errors.As(err, &silent) || silent.PID != os.Getpid() || !strings.Contains(err.Error(), "close it, or end its process") {
		t.Errorf("got %v", err)
	}
	if took := time.Since(began); took > 2*single.AskTime {
		t.Errorf("it took %v", took)
	}
}

func TestAWindowThatIsClosingIsWaitedFor(t *testing.T) {
	p := single.At(tidy.Folder(t), env())
	first, err := p.Take(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var work sync.WaitGroup
	asked := make(chan struct{})
	work.Go(func() {
		_ = first.Serve(ctx, func(ctx context.Context, _ string) error { close(asked); <-ctx.Done(); return ctx.Err() })
		_ = first.Close()
	})
	work.Go(func() { <-asked; cancel() }) // it is closed while it is asked
	second, err := p.Take(t.Context(), "")
	if err != nil {
		t.Fatalf("the next one is not opened: %v", err)
	}
	work.Wait()
	_ = second.Close()
}

func TestEachDesktopHasItsOwn(t *testing.T) {
	folder := tidy.Folder(t)
	mustServe(t, single.At(folder, env("DISPLAY", ":0")), func(context.Context, string) error { return nil })
	for _, c := range []struct {
		env  func(string) string
		same bool
	}{
		{env("DISPLAY", ":0.0"), true},
		{env("DISPLAY", "unix:0"), true},
		{env("DISPLAY", ":0", "WAYLAND_DISPLAY", "wayland-0"), true},
		{env("DISPLAY", "localhost:10.0"), false},
		{env("DISPLAY", ":1"), false},
		{env("WAYLAND_DISPLAY", "wayland-0"), false},
		{env("DISPLAY", "nonsense"), false},
	} {
		err := single.At(folder, c.env).Ask(t.Context(), "")
		if (err == nil) != c.same {
			t.Errorf("DISPLAY %q: %v, want the same: %v", c.env("DISPLAY"), err, c.same)
		}
	}
	if err := single.At(tidy.Folder(t), env("DISPLAY", ":0")).Ask(t.Context(), ""); !errors.Is(err, single.ErrAbsent) {
		t.Errorf("another home: %v", err)
	}
}

func TestWhereNothingCanBeKept(t *testing.T) {
	file := filepath.Join(tidy.Folder(t), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{file, filepath.Join(file, "below"), filepath.Join(tidy.Folder(t), strings.Repeat("long", 40))} {
		_ = os.Mkdir(folder, 0o700)
		if _, err := single.At(folder, env()).Take(t.Context(), ""); !errors.Is(err, single.ErrUnkept) {
			t.Errorf("%s: %v", folder, err)
		}
	}
}

// What others write into the socket neither opens a page nor stops the next question.
func TestNonsenseIsNotAnswered(t *testing.T) {
	folder := tidy.Folder(t)
	p := single.At(folder, env())
	shown := make(chan string, 9)
	mustServe(t, p, func(_ context.Context, section string) error { shown <- section; return nil })
	sockets, err := filepath.Glob(filepath.Join(folder, "*.sock"))
	if err != nil || len(sockets) != 1 {
		t.Fatalf("%v, %v", sockets, err)
	}
	for _, nonsense := range []string{"", "x\n", `{"section":`, strings.Repeat("[", 1<<16)} {
		conn, err := net.Dial("unix", sockets[0])
		if err != nil {
			t.Fatal(err)
		}
		_, _ = conn.Write([]byte(nonsense))
		_ = conn.Close()
	}
	if err := p.Ask(t.Context(), "traffic"); err != nil {
		t.Error(err)
	}
	if got := <-shown; got != "traffic" || len(shown) != 0 {
		t.Errorf("shown %q, and %d more", got, len(shown))
	}
}
