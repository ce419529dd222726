package typeset

import (
	"context"
	"image"
	"sync"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/shaping"
)

// Background does work off Fyne's thread, then calls then on it with the outcome.
type Background func(work func(context.Context) error, then func(error))

// most is how many of the system's fonts are kept at once: one for each script in use, and some for rare letters.
const most = 48

// Fonts are the fonts that texts are set in: Fyne's own and, in the background, the system's.
type Fonts struct {
	// Language is the one in which scripts are named; set it before the first use.
	Language string

	find       func() (System, error)
	background Background

	mu      sync.Mutex
	shaper  shaping.HarfbuzzShaper
	wrapper shaping.LineWrapper
	shaped  cache[lineKey, *shaped]
	cuts    cache[cutKey, *Line]
	drawn   cache[pictureKey, *image.RGBA]
	written cache[writtenKey, writtenPicture]

	regular, bold, mono, symbol, emoji *font.Face

	pen    Pen // nil for none
	penHas map[rune]bool

	system   System
	isKnown  bool // the system has been looked up
	answers  map[request]answer
	files    map[font.FontID]*font.Face
	queue    []request
	isAsking bool
	waiting  map[any]func()
}

// New returns fonts that are looked up by find and read by background, when a text needs them first. Without both there
// are Fyne's own only.
func New(find func() (System, error), background Background) *Fonts {
	b := builtins()
	f := &Fonts{
		find: find, background: background, answers: map[request]answer{}, files: map[font.FontID]*font.Face{}, waiting: map[any]func(){},
		regular: face(b.regular), bold: face(b.bold), mono: face(b.mono), symbol: face(b.symbol),
	}
	f.shaped.most, f.cuts.most, f.drawn.most = 1024, 1024, 512
	return f
}

func face(f *font.Font) *font.Face {
	if f == nil {
		return nil
	}
	return font.NewFace(f)
}

// Builtin are Fyne's own fonts, for where nobody has set others.
var Builtin = sync.OnceValue(func() *Fonts { return New(nil, nil) })

// base is the font of a style.
func (f *Fonts) base(style Style) *font.Face {
	switch {
	case style.Mono:
		return f.mono
	case style.Bold:
		return f.bold
	}
	return f.regular
}

// Await calls redraw on Fyne's thread when fonts have come that texts were waiting for. Each key waits once.
func (f *Fonts) Await(key any, redraw func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.background == nil {
		return
	}
	f.waiting[key] = redraw
	f.ask()
}

// ask begins to read what is asked for, unless that goes on already.
func (f *Fonts) ask() {
	if f.isAsking {
		return
	}
	f.isAsking = true
	f.background(f.Read, func(error) { f.arrived() })
}

// arrived tells all that wait, and goes on when they have asked for more meanwhile.
func (f *Fonts) arrived() {
	f.mu.Lock()
	waiting := f.waiting
	f.waiting, f.isAsking = map[any]func(){}, false
	if len(f.queue) > 0 {
		f.ask()
	}
	f.mu.Unlock()
	for _, redraw := range waiting {
		redraw()
	}
}

// Read looks up and reads all fonts that were asked for, and returns when there are no more to read. Where the system's
// fonts cannot be looked up, nothing waits for them any longer.
func (f *Fonts) Read(ctx context.Context) error {
	f.mu.Lock()
	isKnown := f.isKnown
	f.mu.Unlock()
	var failed error
	if !isKnown {
		system, err := f.find()
		f.mu.Lock()
		f.system, f.isKnown = system, true
		f.mu.Unlock()
		failed = err
	}
	for ctx.Err() == nil {
		want, ok := f.next()
		if !ok {
			return failed
		}
		f.answer(want)
	}
	return ctx.Err()
}

func (f *Fonts) next() (request, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.queue) == 0 {
		return request{}, false
	}
	want := f.queue[0]
	f.queue = f.queue[1:]
	return want, true
}

// answer reads the font for a request; one that cannot be read counts as none.
func (f *Fonts) answer(want request) {
	f.mu.Lock()
	id, ok := f.system.choose(want)
	found, isRead := f.files[id]
	isFull := len(f.files) >= most
	f.mu.Unlock()
	if ok && !isRead && !isFull {
		if read, err := load(id); err == nil {
			found = font.NewFace(read)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if found != nil {
		f.files[id] = found
	}
	if want.isEmoji && (found == nil || !canDraw(found, thumb)) {
		builtinEmoji() // they will be needed, and are large
	}
	f.answers[want] = answer{found, true}
	f.shaped.clear()
	f.cuts.clear()
}

// answer is what a request has found: no face when there is none, or none yet.
type answer struct {
	face   *font.Face
	isDone bool
}

// lookUp returns the font for a request, and asks for it the first time.
func (f *Fonts) lookUp(want request) answer {
	found, isAsked := f.answers[want]
	if isAsked || f.background == nil {
		return answer{found.face, found.isDone || f.background == nil}
	}
	const mostAnswers = 4096 // rare characters; what is beyond stays a box
	if len(f.answers) >= mostAnswers {
		return answer{isDone: true}
	}
	f.answers[want] = answer{}
	f.queue = append(f.queue, want)
	return answer{}
}
