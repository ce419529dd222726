package secret

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	keyring "github.com/zalando/go-keyring"
)

const (
	// keyringWait bounds one call when the context has no earlier deadline: long enough for a person to answer the
	// system's question for the keyring's password.
	keyringWait = 30 * time.Second
	// index is the item that names the channels, because a keyring cannot be asked what it holds.
	index = "index"
)

// backend is the system's keyring.
type backend interface {
	Get(service, user string) (string, error)
	Set(service, user, value string) error
	Delete(service, user string) error
}

type system struct{}

func (system) Get(service, user string) (string, error) { return keyring.Get(service, user) }
func (system) Set(service, user, value string) error    { return keyring.Set(service, user, value) }
func (system) Delete(service, user string) error        { return keyring.Delete(service, user) }

// Keyring is a Store in the operating system's keyring: Secret Service on Linux, Keychain on macOS, Credential Manager
// on Windows. A call that the system leaves unanswered ends with an error after 30 s or at the context's deadline; at
// most one such call stays behind until the system answers it, and later ones fail alike meanwhile.
type Keyring struct {
	service, lock string
	backend       backend
	busy          chan struct{} // holds a token during a call
}

var _ Store = (*Keyring)(nil)

// NewKeyring returns the keyring's items of one service ("perch", or something else for a second installation). lock
// is the path of a file that processes lock while they note a new channel; its folder must exist. It makes no call.
func NewKeyring(service, lock string) *Keyring {
	return &Keyring{service: service, lock: lock, backend: system{}, busy: make(chan struct{}, 1)}
}

// String names the service.
func (k *Keyring) String() string { return "keyring " + k.service }

// GoString names the service.
func (k *Keyring) GoString() string { return k.String() }

// Get implements Store.
func (k *Keyring) Get(ctx context.Context, key Key) (string, error) {
	if err := ready(ctx, opGet, key); err != nil {
		return "", err
	}
	value, err := k.get(ctx, key.String())
	return value, k.explain(opGet, key, err)
}

// Set implements Store.
func (k *Keyring) Set(ctx context.Context, key Key, value string) error {
	if err := readyToSet(ctx, key, value); err != nil {
		return err
	}
	// The channel first: a channel without secrets does no harm, a secret that is not listed would.
	if err := k.note(ctx, key); err != nil {
		return err
	}
	return k.explain(opSet, key, k.set(ctx, key.String(), value))
}

// Delete implements Store.
func (k *Keyring) Delete(ctx context.Context, key Key) error {
	if err := ready(ctx, opDelete, key); err != nil {
		return err
	}
	_, err := k.call(ctx, func() (string, error) { return "", k.backend.Delete(k.service, key.String()) })
	return k.explain(opDelete, key, err)
}

// List implements Store. It asks for each name of each channel, and of each alert, that ever had a secret.
func (k *Keyring) List(ctx context.Context) ([]Key, error) {
	if err := ctx.Err(); err != nil {
		return nil, stopped(opList, err)
	}
	channels, err := k.channels(ctx)
	if err != nil {
		return nil, k.explain(opList, Key{}, err)
	}
	var keys []Key
	for _, key := range candidates(channels) {
		switch _, err := k.get(ctx, key.String()); {
		case err == nil:
			keys = append(keys, key)
		case !errors.Is(err, keyring.ErrNotFound):
			return nil, k.explain(opList, key, err)
		}
	}
	slices.SortFunc(keys, compareKeys)
	return keys, nil
}

func candidates(channels []string) []Key {
	var keys []Key
	for _, name := range globalNames {
		keys = append(keys, Key{Name: name})
	}
	for _, channel := range channels {
		if alert, isAlert := strings.CutPrefix(channel, alertMark); isAlert {
			for _, name := range AlertNames(alert) {
				keys = append(keys, Key{Name: name})
			}
			continue
		}
		for _, name := range channelNames {
			keys = append(keys, Key{Channel: channel, Name: name})
		}
	}
	return keys
}

// alertMark begins the entries of the index that are alerts: no channel has a dot in its name.
const alertMark = "alert."

// indexed is the entry of the index under which a key is found again; "" for one that is always asked for.
func indexed(key Key) string {
	if IsAlert(key.Name) {
		return key.Name[:strings.LastIndexByte(key.Name, '.')]
	}
	return key.Channel
}

// note adds the key's channel, or its alert, to the index.
func (k *Keyring) note(ctx context.Context, key Key) error {
	entry := indexed(key)
	if entry == "" {
		return nil
	}
	unlock, err := lockFile(ctx, opSet, k.lock)
	if err != nil {
		return err
	}
	defer unlock()
	channels, err := k.channels(ctx)
	if err != nil {
		return k.explain(opSet, key, err)
	}
	if slices.Contains(channels, entry) {
		return nil
	}
	channels = append(channels, entry)
	slices.Sort(channels)
	text, err := json.Marshal(channels)
	if err != nil {
		return k.explain(opSet, key, err)
	}
	return k.explain(opSet, key, k.set(ctx, index, string(text)))
}

// channels reads the index. One that cannot be read counts as empty, because it can be made anew.
func (k *Keyring) channels(ctx context.Context) ([]string, error) {
	text, err := k.get(ctx, index)
	if errors.Is(err, keyring.ErrNotFound) {
		return nil, nil
	}
	var channels []string
	if err == nil && json.Unmarshal([]byte(text), &channels) != nil {
		channels = nil
	}
	return channels, err
}

func (k *Keyring) get(ctx context.Context, item string) (string, error) {
	return k.call(ctx, func() (string, error) { return k.backend.Get(k.service, item) })
}

func (k *Keyring) set(ctx context.Context, item, value string) error {
	_, err := k.call(ctx, func() (string, error) { return "", k.backend.Set(k.service, item, value) })
	return err
}

// call bounds a call that knows no deadline itself: a locked keyring may wait for its password for ever.
func (k *Keyring) call(ctx context.Context, f func() (string, error)) (string, error) {
	if err := reachable(); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, keyringWait)
	defer cancel()
	select {
	case k.busy <- struct{}{}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	type answer struct {
		value string
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		defer func() { <-k.busy }()
		value, err := f()
		answers <- answer{value, err}
	}()
	select {
	case a := <-answers:
		return a.value, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// reachable keeps the library from starting a message bus of its own, which would stay behind as an orphan with an
// empty keyring.
func reachable() error {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return nil
	}
	if bus := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); bus != "" && !strings.HasPrefix(bus, "autolaunch:") {
		return nil
	}
	folder := os.Getenv("XDG_RUNTIME_DIR")
	if folder == "" {
		folder = filepath.Join("/run/user", strconv.Itoa(os.Getuid()))
	}
	if _, err := os.Stat(filepath.Join(folder, "bus")); err != nil {
		return errors.New("there is no desktop session (no D-Bus)")
	}
	return nil
}

const useVault = `in perch.toml write secrets = "vault", then store the secrets again with perch secret set`

func (k *Keyring) explain(op string, key Key, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return notSet(op, key)
	case errors.Is(err, context.Canceled):
		return stopped(op, err)
	case errors.Is(err, context.DeadlineExceeded):
		return failed(op, "this computer's keyring does not answer; it may be waiting to be unlocked",
			"unlock it at the desktop and try again; on a server: "+useVault, fmt.Errorf("%w: %w", ErrUnavailable, err))
	}
	return failed(op, "this computer's keyring cannot be used", "log in at the desktop and unlock it; on a server: "+useVault,
		fmt.Errorf("%w: %w", ErrUnavailable, err))
}
