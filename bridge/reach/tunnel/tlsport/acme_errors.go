package tlsport

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/mholt/acmez/v3/acme"

	"perch/bridge"
	"perch/bridge/reach/tunnel/link"
)

// acmeError puts an order that failed into words.
func acmeError(domain string, err error) *bridge.Error {
	var problem acme.Problem
	if !errors.As(err, &problem) {
		return acmeLocalError(domain, err)
	}
	kind := strings.TrimPrefix(problem.Type, acme.ProblemTypeNamespace)
	if strings.HasPrefix(problem.Detail, "Failed to connect") { // some authorities have no kind of its own for that
		kind = "connection"
	}
	code := "acme/" + kind
	switch kind {
	case "dns":
		return link.Operator(code, fmt.Sprintf("the certificate authority finds no address for %s", domain),
			"make an A or AAAA record for the name that points to the public address, and wait until it is known everywhere", err)
	case "connection":
		return link.Operator(code, fmt.Sprintf("the certificate authority cannot reach port 443 of %s", domain),
			"have port 443 of the public address forwarded to Perch, and opened in firewalls", err)
	case "unauthorized", "tls": //nolint:misspell // the protocol's word
		return link.Operator(code, fmt.Sprintf("something other than Perch answers at port 443 of %s", domain),
			"point the name and port 443 at Perch; a proxy in between must pass TLS through unopened", err)
	case "rateLimited":
		return link.Temporary(code, "the certificate authority has had too many orders", "nothing to do: Perch tries again; changing settings does not help", err)
	case "rejectedIdentifier":
		return link.Operator(code, fmt.Sprintf("the certificate authority gives no certificate for %s", domain), "correct acme_domain under [reach.tls]", err)
	case "caa":
		return link.Operator(code, fmt.Sprintf("the CAA record of %s forbids this certificate authority", domain), "change the record in the DNS", err)
	case "invalidContact":
		return link.Operator(code, "the certificate authority does not accept the e-mail address", "correct acme_email under [reach.tls]", err)
	case "externalAccountRequired":
		return link.Operator(code, "the certificate authority wants an account with it", "get a key id and a key from it", err)
	}
	return link.Temporary(code, "the certificate authority refused: "+problem.Detail, "if it stays so, look the code up in the authority's documentation", err)
}

func acmeLocalError(domain string, err error) *bridge.Error {
	if errors.Is(err, context.Canceled) {
		return link.Temporary("acme/interrupted", "the order for a certificate was interrupted", "", err)
	}
	if text := err.Error(); strings.Contains(text, "storage check") || strings.Contains(text, "permission denied") {
		return link.Operator("acme/storage", "the folder for certificates cannot be written", "check its rights and the space on the disk", err)
	}
	if strings.Contains(err.Error(), "does not qualify") {
		return link.Operator("acme/rejectedIdentifier", domain+" is no public name", "correct acme_domain under [reach.tls]", err)
	}
	return link.Temporary("acme/unreachable", "the certificate authority could not be asked for a certificate", "check this computer's network", err)
}
