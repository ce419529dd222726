package sim

import (
	"net/url"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
)

func (in *request) permitted() *serve.Answer {
	switch {
	case in.isV11() && in.end.name != "media.get" && in.x.Options().V11Closed:
		return in.refuse(fault.NoV11())
	case in.account == nil:
		return nil
	case in.end.access == mayDM && in.account.Access != ReadWriteDM:
		return in.refuse(fault.Permission())
	case in.end.access == mayWrite && in.account.Access == ReadOnly:
		return in.refuse(fault.NoWrite())
	}
	return nil
}

// wellFormed checks the Content-Type and the parameters of the query.
func (in *request) wellFormed() *serve.Answer {
	kind, want := in.bodyKind(), in.end.body
	switch {
	case want == noBody && len(in.raw) > 0:
		return in.malformed("body", "", "it has a body, but the endpoint takes none")
	case want == optionalJSON && len(in.raw) > 0 && kind != jsonBody,
		want == anyForm && kind != formBody && kind != multipartBody && len(in.raw) > 0,
		want != noBody && want != anyForm && want != optionalJSON && kind != want:
		return in.malformed("content-type", string(kind), "its Content-Type %q is not %s", kind, want)
	}
	if want == anyForm {
		return nil // its parameters may be in either place, so the endpoint checks them together
	}
	query, err := url.ParseQuery(in.URL.RawQuery)
	if err != nil {
		return in.malformed("query", in.URL.RawQuery, "its query cannot be read: %v", err)
	}
	return in.check(query, in.end.query)
}
