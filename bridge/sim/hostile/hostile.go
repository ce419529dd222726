// Package hostile makes answers, events and replies wrong in ways that no documentation knows.
//
// A seed decides what is wrong: the same seed does the same to the same bytes. Each oddity strikes once, and what it did
// is written down. Oddities know nothing of what they strike.
package hostile

import (
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Oddity is one thing that a simulator does wrong on purpose, once: an answer, an event or a reply that no documentation
// allows, such as real systems and what stands before them send now and then.
//
// The seed decides all that the fields leave open: the same seed does the same to the same bytes.
type Oddity struct {
	Seed uint64
	// Endpoint is what it strikes: of X one of those of Fault, or Events; of Motion the beginning of a path, or Replies.
	Endpoint string
	// For, when set, leaves everything alone whose address, body or text does not hold it.
	For string
	// Skip is how many it lets pass first.
	Skip int
	// Kind is one of Kinds; "" lets the seed choose among those that the endpoint can have.
	Kind string
}

// Events are the posts to webhooks and the lines of activity streams, and Replies the posts to Motion's Reply URL, as
// endpoints of an Oddity.
const (
	Events  = "events"
	Replies = "replies"
)

// The kinds of oddity. Those of an answer that the real endpoint did not give are made without carrying the call out.
const (
	Member   = "member"   // one member of the JSON is wrong
	Page     = "page"     // an HTML page in its place
	Empty    = "empty"    // nothing
	Cut      = "cut"      // it ends in the middle
	Slow     = "slow"     // it comes a little at a time
	Doubled  = "doubled"  // it is there twice
	Mark     = "mark"     // a byte order mark before it
	Label    = "label"    // a wrong Content-Type, or none
	Rubbish  = "rubbish"  // bytes, or JSON, of some other kind
	Limits   = "limits"   // rate-limit headers that make no sense
	Later    = "later"    // a Retry-After that makes no sense
	Clock    = "clock"    // a Date that makes no sense
	Refusal  = "refusal"  // a refusal in an unusual form
	Errors   = "errors"   // 200 with errors and nothing else
	Repeated = "repeated" // the same post twice
	Chunked  = "chunked"  // a post without a length
	Form     = "form"     // a form in place of JSON
	Markup   = "markup"   // a text as an editor for HTML writes it
	Lines    = "lines"    // rubbish between the lines of a stream
)

// Kinds returns the kinds that an endpoint can have. A stream's events are those of a webhook, and Lines.
func Kinds(endpoint string) []string {
	switch endpoint {
	case Events:
		return []string{
			Member, Member, Member, Member, Member, Member, Page, Empty, Cut, Slow, Doubled, Mark,
			Label, Rubbish, Repeated, Chunked,
		}
	case Replies:
		return []string{
			Member, Member, Member, Member, Member, Member, Page, Empty, Cut, Slow, Doubled, Mark,
			Label, Rubbish, Repeated, Chunked, Form, Markup,
		}
	}
	return []string{
		Member, Member, Member, Member, Page, Page, Empty, Cut, Slow, Doubled, Mark, Label, Rubbish,
		Limits, Later, Clock, Refusal, Errors,
	}
}

// Struck is an Oddity that met something.
type Struck struct {
	Oddity
	// Words say what was wrong, and Body is what was sent.
	Words string
	Body  []byte
	// Status is the answer's; 0 for what is no answer.
	Status int
	// Carried is set when the call was carried out all the same.
	Carried bool
	// Essential is set when a member was touched without which nobody can know what the rest is.
	Essential bool
}

// List are those that are set, and what became of them. The zero value is none.
type List struct {
	mu     sync.Mutex
	armed  []*Oddity
	struck []Struck
}

// Arm sets one more oddity; those set before go first.
func (o *List) Arm(one Oddity) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.armed = append(o.armed, &one)
}

// Calm ends all oddities and returns those that struck since the last time.
func (o *List) Calm() []Struck {
	o.mu.Lock()
	defer o.mu.Unlock()
	struck := o.struck
	o.armed, o.struck = nil, nil
	return struck
}

// Met returns the oddities that struck since the last time, and leaves those that are still set.
func (o *List) Met() []Struck {
	o.mu.Lock()
	defer o.mu.Unlock()
	struck := o.struck
	o.struck = nil
	return struck
}

func (o *List) isArmed() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.armed) > 0
}

// next returns the oddity that strikes now; nil for none. Each strikes once.
func (o *List) next(strikes func(*Oddity) bool) *spoiler {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, one := range o.armed {
		if !strikes(one) {
			continue
		}
		if one.Skip > 0 {
			one.Skip--
			continue
		}
		o.armed = slices.Delete(o.armed, i, i+1)
		return newSpoiler(*one)
	}
	return nil
}

func (o *List) note(s *spoiler, body []byte, status int, isCarried bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.struck = append(o.struck, Struck{s.Oddity, s.words, body, status, isCarried, s.isEssential})
}

// spoiler carries one oddity out.
type spoiler struct {
	Oddity
	random *rand.Rand
	// now is what the odd times are reckoned from.
	now         time.Time
	words       string
	isEssential bool
}

func newSpoiler(o Oddity) *spoiler {
	const stream = 0x9e3779b97f4a7c15
	s := &spoiler{Oddity: o, now: time.Now(), random: rand.New(rand.NewPCG(o.Seed, stream))} //nolint:gosec // it is to be foreseeable
	if s.Kind == "" {
		s.Kind = pickOne(s, Kinds(o.Endpoint))
	}
	return s
}

func pickOne[T any](s *spoiler, all []T) T { return all[s.random.IntN(len(all))] }

// oneIn is true once in n times.
func (s *spoiler) oneIn(n int) bool { return s.random.IntN(n) == 0 }
