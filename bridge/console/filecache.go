package console

import (
	"context"
	"slices"
	"sync"
	"time"

	"perch/bridge"
)

const (
	// filesAtOnce is how many files are fetched side by side for people; each may take MaxShownFile of memory.
	filesAtOnce = 2
	// fileCacheSize is how many bytes of files are kept for those who look at them again. They belong to the Bridge and
	// go with it.
	fileCacheSize = 16 << 20
	// maxLookedUp is for how many messages the files that X was asked about are remembered.
	maxLookedUp = 512
	// emptyLife is how long X's answer that a message has no files is believed: X may not have them ready yet.
	emptyLife = time.Minute
)

type fileKey struct {
	message int64
	number  int
}

type keptFile struct {
	key  fileKey
	file bridge.File
}

// lookedUp is what X said of a message's files.
type lookedUp struct {
	media []bridge.Media
	until time.Time // zero for ever
}

type refusal struct {
	err   *bridge.Error
	until time.Time
}

// files is what is remembered of the files that people looked at. It is bounded and safe for concurrent use.
type files struct {
	turns chan struct{}

	mu       sync.Mutex
	kept     []keptFile // the one that was used last is last
	size     int
	media    map[int64]lookedUp
	refusals map[string]refusal // by channel
}

func newFiles() *files {
	return &files{turns: make(chan struct{}, filesAtOnce), media: map[int64]lookedUp{}, refusals: map[string]refusal{}}
}

func (f *files) enter(ctx context.Context) error {
	select {
	case f.turns <- struct{}{}:
		return nil
	case <-ctx.Done():
		return &bridge.Error{Kind: bridge.Temporary, Side: bridge.SidePerch, Op: opShowFile, Message: "nobody waits for the file any more", Err: ctx.Err()}
	}
}

func (f *files) leave() { <-f.turns }

func (f *files) get(key fileKey) (bridge.File, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.kept, func(k keptFile) bool { return k.key == key })
	if i < 0 {
		return bridge.File{}, false
	}
	found := f.kept[i]
	f.kept = append(slices.Delete(f.kept, i, i+1), found)
	return found.file, true
}

// put keeps a file, at the expense of those that were used longest ago. One that is larger than all of the space is
// not kept.
func (f *files) put(key fileKey, file bridge.File) {
	if len(file.Data) > fileCacheSize {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.kept = slices.DeleteFunc(f.kept, func(k keptFile) bool {
		if k.key == key {
			f.size -= len(k.file.Data)
		}
		return k.key == key
	})
	f.kept = append(f.kept, keptFile{key, file})
	f.size += len(file.Data)
	for f.size > fileCacheSize {
		f.size -= len(f.kept[0].file.Data)
		f.kept = slices.Delete(f.kept, 0, 1)
	}
}

func (f *files) lookedUp(message int64, now time.Time) ([]bridge.Media, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	known, ok := f.media[message]
	return known.media, ok && (known.until.IsZero() || now.Before(known.until))
}

func (f *files) remember(message int64, media []bridge.Media, now time.Time) {
	known := lookedUp{media: media}
	if len(media) == 0 {
		known.until = now.Add(emptyLife)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.media) >= maxLookedUp {
		clear(f.media)
	}
	f.media[message] = known
}

func (f *files) refused(channel string, now time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r := f.refusals[channel]; now.Before(r.until) {
		return r.err
	}
	return nil
}

func (f *files) refuse(channel string, err *bridge.Error, until time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refusals[channel] = refusal{err, until}
}
