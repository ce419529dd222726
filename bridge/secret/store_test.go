package secret_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	keyring "github.com/zalando/go-keyring"

	"perch/bridge"
	"perch/bridge/secret"
)

const (
	phrase = "correct horse battery staple"
	// quick is a work factor for tests only.
	quick = 4
)

var (
	support = secret.Key{Channel: "support", Name: "x.consumer_key"}
	sales   = secret.Key{Channel: "sales", Name: "motion.password"}
	ngrok   = secret.Key{Name: "reach.ngrok_token"}
)

func newVault(path string) *secret.Vault {
	return secret.NewVault(path, secret.Fixed(phrase)).WithWork(quick)
}

func TestMemory_MeetsTheSuite(t *testing.T) {
	t.Parallel()
	testStore(t, func(*testing.T) func() secret.Store {
		var m secret.Memory
		return func() secret.Store { return &m }
	})
}

func TestVault_MeetsTheSuite(t *testing.T) {
	t.Parallel()
	testStore(t, func(t *testing.T) func() secret.Store {
		t.Helper()
		path := filepath.Join(t.TempDir(), "new", "vault.age")
		return func() secret.Store { return newVault(path) }
	})
}

func TestKeyring_MeetsTheSuite(t *testing.T) { //nolint:paralleltest // sets the environment
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
	testStore(t, func(t *testing.T) func() secret.Store {
		t.Helper()
		items, lock := &items{values: map[string]string{}}, filepath.Join(t.TempDir(), "lock")
		return func() secret.Store { return secret.NewKeyring("perch", lock).WithBackend(items) }
	})
}

func TestKeyring_UsesTheSystems(t *testing.T) { //nolint:paralleltest // the library's stand-in is global
	keyring.MockInit()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
	k, ctx := secret.NewKeyring("perch", filepath.Join(t.TempDir(), "lock")), t.Context()
	must(t, k.Set(ctx, support, "v"))
	if got, err := keyring.Get("perch", "support/x.consumer_key"); err != nil || got != "v" {
		t.Errorf("the keyring has %q, %v", got, err)
	}
	must(t, k.Delete(ctx, support))
	if _, err := k.Get(ctx, support); !errors.Is(err, secret.ErrNotSet) {
		t.Error(err)
	}
}

// items is a keyring that may be called from many processes at once, as the real ones may.
type items struct {
	mu     sync.Mutex
	values map[string]string
}

func (i *items) Get(service, user string) (string, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	value, ok := i.values[service+user]
	if !ok {
		return "", keyring.ErrNotFound
	}
	return value, nil
}

func (i *items) Set(service, user, value string) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.values[service+user] = value
	return nil
}

func (i *items) Delete(service, user string) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if _, ok := i.values[service+user]; !ok {
		return keyring.ErrNotFound
	}
	delete(i.values, service+user)
	return nil
}

// testStore is what every Store has to do. setup returns what opens the same, at first empty, store again and again.
func testStore(t *testing.T, setup func(t *testing.T) (open func() secret.Store)) { //nolint:thelper // a suite
	t.Run("KeepsValuesByKey", func(t *testing.T) {
		open, ctx := setup(t), t.Context()
		one := open()
		for i, key := range []secret.Key{support, ngrok, sales} {
			must(t, one.Set(ctx, key, fmt.Sprint("old ", i)))
			must(t, one.Set(ctx, key, fmt.Sprint("value ", i)))
		}
		for i, key := range []secret.Key{support, ngrok, sales} {
			for _, store := range []secret.Store{one, open()} {
				if got, err := store.Get(ctx, key); err != nil || got != fmt.Sprint("value ", i) {
					t.Errorf("Get(%s) = %q, %v", key, got, err)
				}
			}
		}
	})
	t.Run("ListsInOrder", func(t *testing.T) {
		open, ctx := setup(t), t.Context()
		if got, err := open().List(ctx); err != nil || len(got) != 0 {
			t.Fatalf("an empty store lists %v, %v", got, err)
		}
		for _, key := range []secret.Key{support, ngrok, sales} {
			must(t, open().Set(ctx, key, "v"))
		}
		got, err := open().List(ctx)
		must(t, err)
		if diff := cmp.Diff([]secret.Key{ngrok, sales, support}, got); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("Deletes", func(t *testing.T) {
		open, ctx := setup(t), t.Context()
		store := open()
		must(t, store.Set(ctx, support, "v"))
		must(t, store.Set(ctx, sales, "w"))
		must(t, open().Delete(ctx, support))
		if _, err := store.Get(ctx, support); !errors.Is(err, secret.ErrNotSet) {
			t.Errorf("a deleted secret gives %v", err)
		}
		if err := store.Delete(ctx, support); !errors.Is(err, secret.ErrNotSet) {
			t.Errorf("deleting twice gives %v", err)
		}
		if got, err := store.List(ctx); err != nil || !cmp.Equal(got, []secret.Key{sales}) {
			t.Errorf("List = %v, %v", got, err)
		}
	})
	t.Run("SaysWhichCommandSetsAMissingOne", func(t *testing.T) {
		store := setup(t)()
		for key, command := range map[secret.Key]string{
			support: "perch secret set --channel support x.consumer_key", ngrok: "perch secret set reach.ngrok_token",
		} {
			_, err := store.Get(t.Context(), key)
			e := wantKind(t, err, bridge.Operator)
			if !errors.Is(err, secret.ErrNotSet) || !strings.HasSuffix(e.Remedy, command) {
				t.Errorf("%v, remedy %q", err, e.Remedy)
			}
		}
	})
	t.Run("RefusesWhatIsNotOnTheList", func(t *testing.T) {
		store, ctx := setup(t)(), t.Context()
		for _, key := range []secret.Key{{}, {Name: "x.consumer_key"}, {Channel: "a", Name: "reach.ngrok_token"}, {Channel: "a", Name: "index"}} {
			_, err := store.Get(ctx, key)
			wantKind(t, err, bridge.Invalid)
			wantKind(t, store.Set(ctx, key, "v"), bridge.Invalid)
			wantKind(t, store.Delete(ctx, key), bridge.Invalid)
		}
		wantKind(t, store.Set(ctx, support, ""), bridge.Invalid)
		wantKind(t, store.Set(ctx, support, strings.Repeat("x", secret.MaxValue+1)), bridge.Invalid)
		must(t, store.Set(ctx, support, strings.Repeat("x", secret.MaxValue)))
	})
	t.Run("KeepsAnyText", func(t *testing.T) {
		store, ctx := setup(t)(), t.Context()
		const value = " \"quoted\"\nüñí\\ \t"
		must(t, store.Set(ctx, support, value))
		if got, err := store.Get(ctx, support); err != nil || got != value {
			t.Errorf("Get = %q, %v", got, err)
		}
	})
	t.Run("LosesNothingWhenManySetAtOnce", func(t *testing.T) {
		open, ctx := setup(t), t.Context()
		var wg sync.WaitGroup
		for i := range 6 {
			store := open() // as another process would
			for j := range 3 {
				wg.Go(func() {
					key := secret.Key{Channel: fmt.Sprintf("c-%d-%d", i, j), Name: "x.access_token"}
					if err := store.Set(ctx, key, "v"); err != nil {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		if got, err := open().List(ctx); err != nil || len(got) != 18 {
			t.Errorf("List has %d keys, %v", len(got), err)
		}
	})
	t.Run("StopsWhenToldTo", func(t *testing.T) {
		store := setup(t)()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := store.Get(ctx, support)
		wantKind(t, err, bridge.Temporary)
		_, err = store.List(ctx)
		wantKind(t, err, bridge.Temporary)
		wantKind(t, store.Set(ctx, support, "v"), bridge.Temporary)
		wantKind(t, store.Delete(ctx, support), bridge.Temporary)
	})
	t.Run("ShowsNoValue", func(t *testing.T) {
		store := setup(t)()
		must(t, store.Set(t.Context(), support, "topsecret"))
		if text := fmt.Sprintf("%v %+v %#v %s", store, store, store, store); strings.Contains(text, "topsecret") || strings.Contains(text, phrase) {
			t.Error(text)
		}
	})
}

func TestKey_ReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	var all []secret.Key
	for _, name := range secret.GlobalNames() {
		all = append(all, secret.Key{Name: name})
	}
	for _, name := range secret.ChannelNames() {
		all = append(all, secret.Key{Channel: "support-2", Name: name})
	}
	if len(all) != 15 {
		t.Errorf("%d names", len(all))
	}
	for _, key := range all {
		if got, err := secret.ParseKey(key.String()); err != nil || got != key {
			t.Errorf("ParseKey(%q) = %v, %v", key, got, err)
		}
	}
}

func TestParseKey_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                           `no secret with the name ""`,
		"x.consumer_key":             "perch secret set --channel NAME x.consumer_key",
		"a/reach.ngrok_token":        "leave the channel out",
		"/x.consumer_key":            "no channel before the slash",
		"/reach.ngrok_token":         "no channel before the slash",
		"Support/x.consumer_key":     "cannot be a channel's name",
		"a/b/x.consumer_key":         "no secret with the name",
		"a/x.consumer_keys":          "x.consumer_key, x.consumer_secret",
		"a b/motion.api_key":         "cannot be a channel's name",
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ": `"ABCDEFGHIJKL…"`,
	} {
		_, err := secret.ParseKey(text)
		e := wantKind(t, err, bridge.Invalid)
		if said := e.Error() + "; " + e.Remedy; !strings.Contains(said, want) {
			t.Errorf("%q: %s", text, said)
		}
	}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func wantKind(tb testing.TB, err error, kind bridge.Kind) *bridge.Error {
	tb.Helper()
	var e *bridge.Error
	if !errors.As(err, &e) {
		tb.Fatalf("%v is no *bridge.Error", err)
	}
	if e.Kind != kind || e.Side != bridge.SidePerch || e.Message == "" || e.Remedy == "" {
		tb.Errorf("error %#v, want kind %s with words", e, kind)
	}
	return e
}
