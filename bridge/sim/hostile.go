package sim

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
	// Kind is one of Oddities; "" lets the seed choose among those that the endpoint can have.
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
	OddMember   = "member"   // one member of the JSON is wrong
	OddPage     = "page"     // an HTML page in its place
	OddEmpty    = "empty"    // nothing
	OddCut      = "cut"      // it ends in the middle
	OddSlow     = "slow"     // it comes a little at a time
	OddDoubled  = "doubled"  // it is there twice
	OddMark     = "mark"     // a byte order mark before it
	OddLabel    = "label"    // a wrong Content-Type, or none
	OddRubbish  = "rubbish"  // bytes, or JSON, of some other kind
	OddLimits   = "limits"   // rate-limit headers that make no sense
	OddLater    = "later"    // a Retry-After that makes no sense
	OddClock    = "clock"    // a Date that makes no sense
	OddRefusal  = "refusal"  // a refusal in an unusual form
	OddErrors   = "errors"   // 200 with errors and nothing else
	OddRepeated = "repeated" // the same post twice
	OddChunked  = "chunked"  // a post without a length
	OddForm     = "form"     // a form in place of JSON
	OddMarkup   = "markup"   // a text as an editor for HTML writes it
	OddLines    = "lines"    // rubbish between the lines of a stream
)

// Oddities returns the kinds that an endpoint can have. A stream's events are those of a webhook, and OddLines.
func Oddities(endpoint string) []string {
	switch endpoint {
	case Events:
		return []string{
			OddMember, OddMember, OddMember, OddMember, OddMember, OddMember, OddPage, OddEmpty, OddCut, OddSlow, OddDoubled, OddMark,
			OddLabel, OddRubbish, OddRepeated, OddChunked,
		}
	case Replies:
		return []string{
			OddMember, OddMember, OddMember, OddMember, OddMember, OddMember, OddPage, OddEmpty, OddCut, OddSlow, OddDoubled, OddMark,
			OddLabel, OddRubbish, OddRepeated, OddChunked, OddForm, OddMarkup,
		}
	}
	return []string{
		OddMember, OddMember, OddMember, OddMember, OddPage, OddPage, OddEmpty, OddCut, OddSlow, OddDoubled, OddMark, OddLabel, OddRubbish,
		OddLimits, OddLater, OddClock, OddRefusal, OddErrors,
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

// oddities are those that are set, and what became of them. The zero value is none.
type oddities struct {
	mu     sync.Mutex
	armed  []*Oddity
	struck []Struck
}

// arm sets one more oddity; those set before go first.
func (o *oddities) arm(one Oddity) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.armed = append(o.armed, &one)
}

// calm ends all oddities and returns those that struck since the last time.
func (o *oddities) calm() []Struck {
	o.mu.Lock()
	defer o.mu.Unlock()
	struck := o.struck
	o.armed, o.struck = nil, nil
	return struck
}

// met returns the oddities that struck since the last time, and leaves those that are still set.
func (o *oddities) met() []Struck {
	o.mu.Lock()
	defer o.mu.Unlock()
	struck := o.struck
	o.struck = nil
	return struck
}

func (o *oddities) isArmed() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.armed) > 0
}

// next returns the oddity that strikes now; nil for none. Each strikes once.
func (o *oddities) next(strikes func(*Oddity) bool) *spoiler {
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

func (o *oddities) note(s *spoiler, body []byte, status int, isCarried bool) {
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
		s.Kind = pickOne(s, Oddities(o.Endpoint))
	}
	return s
}

func pickOne[T any](s *spoiler, all []T) T { return all[s.random.IntN(len(all))] }

// oneIn is true once in n times.
func (s *spoiler) oneIn(n int) bool { return s.random.IntN(n) == 0 }
