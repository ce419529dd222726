package watch

import (
	"context"
	"time"

	"perch/app/control"
	"perch/ui/snapshot"
)

const (
	// PageSize is how many messages are asked for at a time.
	PageSize = 1000
	// HistoryPages is how many pages are asked for at the start.
	HistoryPages = 5
	// historySpan is how far back the start looks: the chart's hour.
	historySpan = time.Hour
)

// loadHistory fetches the messages of the last hour, newest first.
func (w *Watcher) loadHistory(ctx context.Context) {
	before := int64(0)
	for range HistoryPages {
		list, err := w.relay.Messages(ctx, control.Query{Before: before, Limit: PageSize})
		if err != nil {
			break
		}
		w.mu.Lock()
		w.merge(&w.all, list, true)
		w.complete = w.complete || len(list) < PageSize
		w.mu.Unlock()
		if len(list) < PageSize || w.now().Sub(list[len(list)-1].ReceivedAt) > historySpan {
			break
		}
		before = list[len(list)-1].ID
	}
	w.mu.Lock()
	w.arrived = nil
	w.mu.Unlock()
}

// merge takes a page in; what the feed brought meanwhile is newer. The caller holds the lock.
func (w *Watcher) merge(store *snapshot.Store, list []control.Message, isAll bool) {
	var fresh []control.Message
	for _, m := range list {
		if !w.arrived[m.ID] {
			fresh = append(fresh, m)
		}
	}
	for _, m := range store.PutAll(fresh) {
		if isAll {
			w.recordTraffic(m)
		}
	}
	w.moved, w.changed = true, true
}

// recordTraffic remembers when a channel last had traffic.
func (w *Watcher) recordTraffic(m control.Message) {
	key := snapshot.LastKey{Channel: m.Channel, Direction: m.Direction}
	last := w.data.Last[key]
	if m.ReceivedAt.After(last.Received) {
		last.Received = m.ReceivedAt
	}
	if m.DeliveredAt != nil && m.DeliveredAt.After(last.Delivered) {
		last.Delivered = *m.DeliveredAt
	}
	w.data.Last[key] = last
}
