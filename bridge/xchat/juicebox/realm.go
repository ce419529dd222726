package juicebox

import (
	"context"
	"net/http"

	"perch/bridge/xchat/juicebox/internal/cbor"
)

// realm is a Realm in one attempt. One request at a time is on its way to it.
type realm struct {
	*Realm
	index   uint64
	web     *http.Client
	session *session // of a realm with a public key, once there is one
}

// send has a realm answer a SecretsRequest. Sensitive ones need a session whose keys nobody can find out later.
func (re *realm) send(ctx context.Context, request any, sensitive bool) (any, *failure) {
	token := ""
	if re.token != nil {
		token = re.token()
	}
	if token == "" {
		return nil, failed(InvalidAuth)
	}
	if re.PublicKey != nil {
		return re.sendSecretly(ctx, token, cbor.Encode(request), sensitive)
	}
	header := http.Header{"Authorization": {"Bearer " + token}}
	return re.post(ctx, cbor.Encode(request), header, func(value any) bool {
		name, _ := variant(value)
		return name != ""
	})
}
