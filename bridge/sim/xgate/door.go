package xgate

import (
	"net/http"
	"slices"
	"strings"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
	"perch/bridge/sim/xstate"
)

// Doors are the routes that belong to no version of the API: tokens, logins, and the files.
func (x *Gate) Doors() map[string]Route {
	all := x.fileRoutes()
	all["POST /oauth2/token"] = Endpoint{Name: "oauth2.token", Auth: basic, Body: FormBody}.By(x.grantBearer)
	all["GET /i/oauth2/authorize"], all["POST /2/oauth2/token"] = x.authorizeRoute(), x.tokenRoute()
	return all
}

func (x *Gate) fileRoutes() map[string]Route {
	e := Endpoint{Name: "media.get", Auth: UserKeys | optional, Query: Params{"name": IsText(1, 20), "tag": IsText(1, 20)}}
	r := e.By(x.getFile)
	all := map[string]Route{}
	for _, folder := range []string{
		"/1.1/ton/data/dm/", "/media/", "/dm_video/", "/dm_gif/", "/dm_video_preview/",
		"/ext_tw_video/", "/tweet_video/", "/ext_tw_video_thumb/",
	} {
		all["GET "+folder] = r
	}
	return all
}

// getFile serves a file. Photos of direct messages are for the two people of the conversation only.
func (x *Gate) getFile(in *Request) *serve.Answer {
	path := in.URL.Path
	if base, size, found := strings.Cut(path, ":"); found && slices.Contains([]string{"thumb", "small", "medium", "large", "orig"}, size) {
		path = base
	}
	file := x.File(path)
	switch {
	case file == nil:
		return &serve.Answer{Status: http.StatusNotFound}
	case file.Readers == nil:
	case in.Account == nil:
		return in.Refuse(errNoKeys)
	case in.Account.Access != xstate.ReadWriteDM || !slices.Contains(file.Readers, in.Account.ID):
		return in.Refuse(fault.Permission())
	}
	a := &serve.Answer{Status: http.StatusOK, Body: file.Data}
	a.Header().Set("Content-Type", file.Kind)
	return a
}

// grantBearer gives an app its Bearer token: the same each time.
func (x *Gate) grantBearer(in *Request) *serve.Answer {
	key, secret, found := in.BasicAuth()
	form, err := decodeForm(string(in.Raw))
	if err != nil || !slices.Equal(form, []pair{{"grant_type", "client_credentials"}}) {
		return in.Malformed("grant_type", "", "its form is not grant_type=client_credentials")
	}
	plain, err := decodeForm(key + "=" + secret) // both are percent-encoded before they are joined
	if !found || err != nil || len(plain) != 1 {
		return in.Refuse(errAppKeys)
	}
	a := x.App(plain[0].name)
	if a == nil || a.Secret != plain[0].value {
		return in.Refuse(errAppKeys)
	}
	return serve.JSON(http.StatusOK, map[string]any{"token_type": "bearer", "access_token": a.Bearer()})
}
