package alert

import (
	"cmp"
	"slices"
	"time"
)

const (
	// settles is how long a cause is gone before it counts as solved: what comes and goes is one cause.
	settles = time.Minute
	// together is how much earlier a cause is told along with another: what begins together is told together.
	together = time.Minute
	// moreAfter is how long people are left alone with a cause that grows.
	moreAfter = time.Hour
	// mostHeld is how many notices wait for a place at most; the oldest give way.
	mostHeld = 100
)

// Book knows what each place was told. The zero value is empty and ready. It is not safe for concurrent use.
type Book struct {
	state State
}

// NewBook returns a book that goes on from a state.
func NewBook(s State) *Book {
	b := &Book{state: State{Cases: slices.Clone(s.Cases), Notices: slices.Clone(s.Notices), Last: s.Last}}
	for _, n := range s.Notices {
		b.state.Last = max(b.state.Last, n.ID)
	}
	return b
}

// State returns a copy of what the book knows; what is in its notices and cases is never changed.
func (b *Book) State() State {
	return State{Cases: slices.Clone(b.state.Cases), Notices: slices.Clone(b.state.Notices), Last: b.state.Last}
}

// Seen is what was found out of order.
type Seen struct {
	Causes []Cause
	// IsUnsure reports whether it is not known if a cause holds that was not found; nil for never.
	IsUnsure func(key string) bool
}

// Round takes in what is out of order now, and makes the notices that are due by it. It returns those that are new, and reports
// whether anything has changed that is worth keeping.
func (b *Book) Round(now time.Time, seen Seen, places []Place) (made []Notice, changed bool) {
	changed = b.forgetPlaces(places)
	for _, p := range places {
		if b.look(now, seen, p) {
			changed = true
		}
		if n, ok := b.tell(now, p); ok {
			made = append(made, n)
		}
	}
	return made, changed || len(made) > 0
}

// forgetPlaces drops all about places that are not told any more.
func (b *Book) forgetPlaces(places []Place) bool {
	isGone := func(name string) bool {
		return !slices.ContainsFunc(places, func(p Place) bool { return p.Name == name })
	}
	before := len(b.state.Cases) + len(b.state.Notices)
	b.state.Cases = slices.DeleteFunc(b.state.Cases, func(c Case) bool { return isGone(c.Place) })
	b.state.Notices = slices.DeleteFunc(b.state.Notices, func(n Notice) bool { return isGone(n.Place) })
	return len(b.state.Cases)+len(b.state.Notices) != before
}

// look brings the cases of a place up to date.
func (b *Book) look(now time.Time, seen Seen, p Place) (changed bool) {
	held := map[string]bool{}
	for _, cause := range seen.Causes {
		// Messages always wait for a moment: that is none of the place's business before it takes too long.
		if cause.Key == p.Except || (cause.Pace == Aging && now.Sub(cause.Since) < p.Waiting) {
			continue
		}
		held[cause.Key] = true
		if b.note(now, p.Name, cause) {
			changed = true
		}
	}
	return b.leave(now, p.Name, held, seen.IsUnsure) || changed
}

// note takes in a cause that holds.
func (b *Book) note(now time.Time, place string, cause Cause) (changed bool) {
	at := slices.IndexFunc(b.state.Cases, func(c Case) bool { return c.Place == place && c.Key == cause.Key })
	if at < 0 {
		b.state.Cases = append(b.state.Cases, Case{Place: place, Cause: cause, Seen: now})
		return true
	}
	c := &b.state.Cases[at]
	changed = !c.Gone.IsZero() || c.What != cause.What || c.Count != cause.Count
	c.Cause, c.Gone = cause, time.Time{}
	return changed
}

// leave notes what does not hold any more, and forgets of it what nobody was told.
func (b *Book) leave(now time.Time, place string, held map[string]bool, isUnsure func(string) bool) (changed bool) {
	for i := range b.state.Cases {
		c := &b.state.Cases[i]
		if c.Place == place && c.Gone.IsZero() && !held[c.Key] && (isUnsure == nil || !isUnsure(c.Key)) {
			c.Gone, changed = now, true
		}
	}
	b.state.Cases = slices.DeleteFunc(b.state.Cases, func(c Case) bool {
		return c.Place == place && !c.Gone.IsZero() && (c.Told.IsZero() || c.IsPast)
	})
	return changed
}

// Began is since when the cause holds, as far as that is known. One that has begun in the future began when it was seen.
func (c Case) Began() time.Time {
	if c.Since.IsZero() || c.Since.After(c.Seen) {
		return c.Seen
	}
	return c.Since
}

// ripeAt is when a cause has lasted as long as it may.
func (c Case) ripeAt(p Place) time.Time {
	switch c.Pace {
	case Patient:
		return c.Began().Add(p.After)
	case Aging:
		return c.Began().Add(p.Waiting)
	case AtOnce:
	}
	return c.Seen.Add(c.Grace)
}

// item says what is to be told of a case now; false for nothing. isAlong is asked for once something else is told.
func (c Case) item(now time.Time, p Place, isAlong bool) (Item, bool) {
	i := Item{Cause: c.Cause}
	i.Since = c.Began()
	switch ripe := c.ripeAt(p); {
	case !c.Told.IsZero() && !c.Gone.IsZero():
		i.State, i.Until = Solved, c.Gone
		return i, now.Sub(c.Gone) >= settles
	case !c.Gone.IsZero():
		return i, false
	case !c.Told.IsZero():
		i.State = More
		return i, c.Count > c.ToldCount && (isAlong || now.Sub(c.Told).Abs() >= moreAfter)
	case isAlong && c.Pace != Aging:
		ripe = ripe.Add(-together)
		fallthrough
	default:
		i.State = Open
		return i, !ripe.After(now)
	}
}

// tell makes the notice of all that a place is to be told now.
func (b *Book) tell(now time.Time, p Place) (Notice, bool) {
	isQuiet := p.Quiet.Holds(now)
	items := func(isAlong bool) (list []Item) {
		for _, c := range b.state.Cases {
			if c.Place != p.Name || (isQuiet && !c.IsUrgent) {
				continue
			}
			if i, ok := c.item(now, p, isAlong); ok {
				list = append(list, i)
			}
		}
		return list
	}
	if len(items(false)) == 0 {
		return Notice{}, false
	}
	told := items(true)
	slices.SortStableFunc(told, func(a, b Item) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), a.Since.Compare(b.Since), cmp.Compare(a.Key, b.Key))
	})
	for _, i := range told {
		b.told(now, p.Name, i)
	}
	return b.add(now, p.Name, told), true
}

// rank puts first what is worst.
func rank(i Item) int {
	switch {
	case i.State == Solved:
		return 2
	case i.Level == Healing:
		return 1
	}
	return 0
}

// told notes that an item is in a notice.
func (b *Book) told(now time.Time, place string, i Item) {
	is := func(c Case) bool { return c.Place == place && c.Key == i.Key }
	if i.State == Solved {
		b.state.Cases = slices.DeleteFunc(b.state.Cases, is)
		return
	}
	if at := slices.IndexFunc(b.state.Cases, is); at >= 0 {
		b.state.Cases[at].Told, b.state.Cases[at].ToldCount = now, i.Count
	}
}

func (b *Book) add(now time.Time, place string, items []Item) Notice {
	b.state.Last++
	n := Notice{ID: b.state.Last, Place: place, Made: now, Items: items, Due: now}
	b.state.Notices = append(b.state.Notices, n)
	held := 0
	for i := len(b.state.Notices) - 1; i >= 0; i-- {
		if b.state.Notices[i].Place != place {
			continue
		}
		if held++; held > mostHeld {
			b.state.Notices = slices.Delete(b.state.Notices, i, i+1)
		}
	}
	return n
}
