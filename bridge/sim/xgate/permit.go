package xgate

import (
	"net/url"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
	"perch/bridge/sim/xstate"
)

// permit refuses what the app, or the options, do not permit.
func (x *Gate) permit(in *Request) *serve.Answer {
	switch {
	case in.isV11() && in.end.Name != "media.get" && x.Options().V11Closed:
		return in.Refuse(fault.NoV11())
	case in.Account == nil:
		return nil
	case in.end.Access == MayDM && in.Account.Access != xstate.ReadWriteDM:
		return in.Refuse(fault.Permission())
	case in.end.Access == MayWrite && in.Account.Access == xstate.ReadOnly:
		return in.Refuse(fault.NoWrite())
	}
	return nil
}

// wellFormed checks the Content-Type and the parameters of the query.
func (in *Request) wellFormed() *serve.Answer {
	kind, want := in.bodyKind(), in.end.Body
	switch {
	case want == noBody && len(in.Raw) > 0:
		return in.Malformed("body", "", "it has a body, but the endpoint takes none")
	case !want.takes(kind, len(in.Raw) > 0):
		return in.Malformed("content-type", string(kind), "its Content-Type %q is not %s", kind, want)
	}
	if want == AnyForm {
		return nil // its parameters may be in either place, so the endpoint checks them together
	}
	query, err := url.ParseQuery(in.URL.RawQuery)
	if err != nil {
		return in.Malformed("query", in.URL.RawQuery, "its query cannot be read: %v", err)
	}
	return in.Check(query, in.end.Query)
}

// takes reports whether an endpoint takes a body of that media type.
func (k BodyKind) takes(kind BodyKind, hasBody bool) bool {
	switch k {
	case noBody:
		return true
	case OptionalJSON:
		return !hasBody || kind == JSONBody
	case AnyForm:
		return !hasBody || kind == FormBody || kind == MultipartBody
	case JSONOrMultipart:
		return kind == JSONBody || kind == MultipartBody
	}
	return kind == k
}
