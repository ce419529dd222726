package secret_test

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	keyring "github.com/zalando/go-keyring"

	"perch/bridge"
	"perch/bridge/secret"
)

// stuck is a keyring that answers only when released.
type stuck struct {
	release chan struct{}
	calls   atomic.Int32
}

func (s *stuck) Get(string, string) (string, error) {
	s.calls.Add(1)
	<-s.release
	return "v", nil
}
func (s *stuck) Set(string, string, string) error { return errors.New("not used") }
func (s *stuck) Delete(string, string) error      { return errors.New("not used") }

func TestKeyring_DoesNotHangOnALockedOne(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
	synctest.Test(t, func(t *testing.T) {
		backend := &stuck{release: make(chan struct{})}
		k := secret.NewKeyring("perch", "").WithBackend(backend)
		begin := time.Now()
		for range 2 {
			_, err := k.Get(t.Context(), support)
			e := wantKind(t, err, bridge.Operator)
			if !errors.Is(err, secret.ErrUnavailable) || !strings.Contains(e.Remedy, `secrets = "vault"`) {
				t.Error(err)
			}
		}
		if took := time.Since(begin); took != time.Minute || backend.calls.Load() != 1 {
			t.Errorf("%v, %d calls", took, backend.calls.Load())
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := k.Get(short, support)
		wantKind(t, err, bridge.Operator)
		close(backend.release)
		if got, err := k.Get(t.Context(), support); err != nil || got != "v" {
			t.Errorf("once unlocked: %q, %v", got, err)
		}
	})
}

func TestKeyring_IsNotTriedWithoutADesktop(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("there is always one here")
	}
	for _, bus := range []string{"", "autolaunch:"} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", bus)
		t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
		backend := &stuck{}
		_, err := secret.NewKeyring("perch", "").WithBackend(backend).Get(t.Context(), support)
		if wantKind(t, err, bridge.Operator); !errors.Is(err, secret.ErrUnavailable) || backend.calls.Load() != 0 {
			t.Errorf("%v, %d calls", err, backend.calls.Load())
		}
	}
}

func TestKeyring_SaysWhenItCannotBeUsed(t *testing.T) {
	keyring.MockInitWithError(errors.New("failed to unlock correct collection"))
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
	k := secret.NewKeyring("perch", filepath.Join(t.TempDir(), "lock"))
	_, listErr := k.List(t.Context())
	_, getErr := k.Get(t.Context(), support)
	for _, err := range []error{listErr, getErr, k.Set(t.Context(), support, "v"), k.Set(t.Context(), ngrok, "v"), k.Delete(t.Context(), support)} {
		if e := wantKind(t, err, bridge.Operator); !errors.Is(err, secret.ErrUnavailable) || !strings.Contains(e.Remedy, "unlock") {
			t.Error(err)
		}
	}
}
