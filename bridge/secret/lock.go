package secret

import (
	"context"
	"os"
	"time"

	"perch/bridge"
)

const (
	// lockWait bounds the wait for another process; it holds the lock for one encryption and two writes.
	lockWait = 10 * time.Second
	// lockPause is the time between two tries.
	lockPause = 20 * time.Millisecond
)

// lockFile waits until it alone holds the lock and returns what gives it back. The file stays behind: removing it
// would let two processes hold locks on two files of the same name.
func lockFile(ctx context.Context, op, path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, unwritable(op, path, err)
	}
	unlock = func() { _ = f.Close() } // closing unlocks, and nothing was written
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	for {
		locked, err := tryLock(f)
		if locked {
			return unlock, nil
		}
		if err != nil {
			unlock()
			return nil, unwritable(op, path, err)
		}
		select {
		case <-ctx.Done():
			unlock()
			return nil, &bridge.Error{
				Kind: bridge.Temporary, Side: bridge.SidePerch, Op: op, Message: "another perch is changing the secrets",
				Remedy: "try again in a moment", Err: ctx.Err(),
			}
		case <-time.After(lockPause):
		}
	}
}
