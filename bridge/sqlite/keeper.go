package sqlite

import (
	"context"
	"runtime"
	"time"

	"perch/bridge"
)

// runKeeper puts what comes in on disk until ctx ends, then what was handed over already.
func (s *Store) runKeeper(ctx context.Context) {
	batch := make([]*op, 0, maxBatch)
	for {
		select {
		case o := <-s.keeps:
			batch = gather(append(batch[:0], o), s.keeps)
			together(batch, s.appendPosts)
		case <-ctx.Done():
			for o := next(s.keeps); o != nil; o = next(s.keeps) {
				together(append(batch[:0], o), s.appendPosts)
			}
			return
		}
	}
}

// gather takes what else is waiting. Gosched lets the handlers that the last write released queue up first, as long as more
// of them do: that makes batches larger by half and more.
func gather(batch []*op, from chan *op) []*op {
	for {
		before := len(batch)
		runtime.Gosched()
		if batch = takeWaiting(batch, from); len(batch) == before || len(batch) == maxBatch {
			return batch
		}
	}
}

func takeWaiting(batch []*op, from chan *op) []*op {
	for len(batch) < maxBatch {
		o := next(from)
		if o == nil {
			break
		}
		batch = append(batch, o)
	}
	return batch
}

// next is what waits already; nil when there is nothing.
func next(from chan *op) *op {
	select {
	case o := <-from:
		return o
	default:
		return nil
	}
}

// appendPosts puts all of batch on disk by one write.
func (s *Store) appendPosts(batch []*op) error {
	posts := s.appending[:0]
	for _, o := range batch {
		if o.post != nil { // else somebody asks whether the keeper is alive
			o.post.Seq = s.seq.Add(1)
			posts = append(posts, o.post)
		}
	}
	s.appending = posts
	if len(posts) == 0 {
		return nil
	}
	if err := s.damaged(); err != nil {
		return err
	}
	if s.before != nil {
		if err := s.before(); err != nil {
			return writeError(err)
		}
	}
	var err error
	s.onDisk(&s.logDisk, WriteInlet, func() { err = s.inlet.Append(posts) })
	if err != nil {
		return writeError(err)
	}
	s.backlog.kept(span{first: posts[0].Seq, last: posts[len(posts)-1].Seq, at: time.Now()})
	return nil
}

// Keep stores what came in, as it came. It returns nil only when it is on disk.
func (s *Store) Keep(ctx context.Context, post bridge.Post) error {
	o := s.posts.Get().(*op)
	o.post = &post
	err := s.hand(ctx, s.keeps, o)
	if err == nil {
		// Only an op whose answer was taken may be used again.
		o.post = nil
		s.posts.Put(o)
	}
	return err
}
