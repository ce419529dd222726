package sharing

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

var (
	errInUse = errors.New("in use")
	errOther = errors.New("no such file")
)

func TestAFileInUseIsWaitedFor(t *testing.T) {
	for name, c := range map[string]struct {
		errs  []error // one a try; the last one stays
		want  error
		least time.Duration
		most  time.Duration
	}{
		"free":             {[]error{nil}, nil, 0, 0},
		"another error":    {[]error{errOther}, errOther, 0, 0},
		"in use, then not": {[]error{errInUse, errInUse, errInUse, nil}, nil, 7 * time.Millisecond, 7 * time.Millisecond},
		"in use, then bad": {[]error{errInUse, errOther}, errOther, time.Millisecond, time.Millisecond},
		"for ever":         {[]error{errInUse}, errInUse, Patience, Patience + lastWait},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began, tries := time.Now(), 0
				err := again(func() error {
					tries++
					return c.errs[min(tries, len(c.errs))-1]
				}, func(err error) bool { return errors.Is(err, errInUse) })
				if took := time.Since(began); !errors.Is(err, c.want) || (c.want == nil && err != nil) || took < c.least || took > c.most {
					t.Errorf("%v after %v", err, took)
				}
			})
		})
	}
}

// On Windows it fails without the package.
func TestAFileIsReadWhileItIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("whole"), 0o600); err != nil {
		t.Fatal(err)
	}
	var workers sync.WaitGroup
	for n := range 4 {
		next := path + string(rune('a'+n))
		workers.Go(func() {
			for range 50 {
				if err := errors.Join(os.WriteFile(next, []byte("whole"), 0o600), Rename(next, path)); err != nil {
					t.Error(err)
				}
			}
		})
		workers.Go(func() {
			for range 50 {
				if data, err := ReadFile(path); err != nil || string(data) != "whole" {
					t.Errorf("%q, %v", data, err)
				}
				if info, err := Stat(path); err != nil || info.Size() != 5 {
					t.Error(err)
				}
				if f, err := Open(path); err != nil || f.Close() != nil {
					t.Error(err)
				}
			}
		})
	}
	workers.Wait()
	if _, err := Open(path + "none"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
