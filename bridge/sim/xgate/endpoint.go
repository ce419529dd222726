package xgate

import (
	"net/http"
)

// AuthKind is a set of the kinds of key that an endpoint takes.
type AuthKind uint8

// The kinds of key.
const (
	// UserKeys is user context: OAuth 1.0a, and in v2 an OAuth 2.0 login; Bearer is app-only; basic is the consumer key and secret themselves.
	UserKeys AuthKind = 1 << iota
	Bearer
	basic
	// optional lets a request without keys pass, for files.
	optional
)

// Endpoint says what an endpoint takes.
type Endpoint struct {
	// Name is its name in faults and counts; Limit its key in the table of limits when that differs.
	Name, Limit string
	// NameOf, when set, tells the name by the request.
	NameOf func(*http.Request) string
	Auth   AuthKind
	// Access is what the app must be permitted: mayRead, MayWrite or MayDM.
	Access Permission
	Body   BodyKind
	// MaxBody is in bytes; 0 means maxJSON.
	MaxBody int64
	Query   Params
	// Scopes are those that an OAuth 2.0 login needs for it; without any it takes no login, but for files.
	Scopes []string
	// Unlocked handlers take the State's lock themselves, because they wait for something.
	Unlocked bool
}

// Permission is what an app must be permitted to do.
type Permission int

// The permissions, each with all that the one before it allows.
const (
	mayRead Permission = iota
	MayWrite
	MayDM
)

// BodyKind is the kind of body that an endpoint takes.
type BodyKind string

// The kinds of body, by media type. AnyForm is a form in either encoding, also spread over the query.
const (
	noBody        BodyKind = ""
	JSONBody      BodyKind = "application/json"
	FormBody      BodyKind = "application/x-www-form-urlencoded"
	MultipartBody BodyKind = "multipart/form-data"
	AnyForm       BodyKind = "form"
	OptionalJSON  BodyKind = "json or none"
	// JSONOrMultipart is one of the two.
	JSONOrMultipart BodyKind = "json or multipart"
)

// The bounds of a body, in bytes: a part of a file is 5 MB at most, with its frame.
const (
	maxJSON = 1 << 20
	MaxPart = 5<<20 + 64<<10
)
