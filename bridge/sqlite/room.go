package sqlite

import (
	"errors"
	"math/rand/v2"
	"os"

	"perch/bridge"
)

// Room reports whether the disk takes what a busy second makes the journal grow by. SQLite alone cannot tell: as long as
// it writes where it has written before, a full disk does not show. Nothing stays of it. A file that is damaged has no room.
func (s *Store) Room() (err error) {
	if err := s.damaged(); err != nil {
		return err
	}
	f, err := os.OpenFile(s.roomFile(), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return roomError(err)
	}
	defer func() {
		if err = errors.Join(err, f.Close(), os.Remove(s.roomFile())); err != nil {
			err = roomError(err)
		}
	}()
	block := make([]byte, roomBlock) // not zeros: some file systems store those in no room at all
	source := rand.NewChaCha8([32]byte{})
	_, _ = source.Read(block) // never fails by its contract
	for n := 0; n < roomSize && err == nil; n += roomBlock {
		_, err = f.Write(block)
	}
	return err
}

func (s *Store) roomFile() string { return s.path + "-room" }

func roomError(err error) error {
	return explained("find room for the journal", "the journal's folder cannot be written", err)
}

// roomSize is how much the disk has to take, in bytes, for the journal to be well: what a busy second makes it grow by.
const roomSize = 1 << 20

// roomBlock is how much of it is written at a time, in bytes.
const roomBlock = 64 << 10

// Explain puts an error of any method into words. Its Code begins with bridge.CodeJournal when the place of the journal
// is at fault.
func (s *Store) Explain(err error) *bridge.Error {
	e := &bridge.Error{}
	if errors.As(err, &e) {
		return e
	}
	return explained("use journal", "the journal cannot be used", err)
}
