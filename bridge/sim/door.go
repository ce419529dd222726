package sim

import (
	"net/http"
	"slices"
	"strings"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
)

// Doors are the routes that belong to no version of the API: an app's own token, and the files.
func (x *Gate) Doors() map[string]route {
	all := x.fileRoutes()
	all["POST /oauth2/token"] = endpoint{name: "oauth2.token", auth: basic, body: formBody}.by(x.grantBearer)
	return all
}

func (x *Gate) fileRoutes() map[string]route {
	e := endpoint{name: "media.get", auth: userKeys | optional, query: params{"name": isText(1, 20), "tag": isText(1, 20)}}
	r := e.by(x.getFile)
	all := map[string]route{}
	for _, folder := range []string{
		"/1.1/ton/data/dm/", "/media/", "/dm_video/", "/dm_gif/", "/dm_video_preview/",
		"/ext_tw_video/", "/tweet_video/", "/ext_tw_video_thumb/",
	} {
		all["GET "+folder] = r
	}
	return all
}

// getFile serves a file. Photos of direct messages are for the two people of the conversation only.
func (x *Gate) getFile(in *request) *serve.Answer {
	path := in.URL.Path
	if base, size, found := strings.Cut(path, ":"); found && slices.Contains([]string{"thumb", "small", "medium", "large", "orig"}, size) {
		path = base
	}
	file := x.File(path)
	switch {
	case file == nil:
		return &serve.Answer{Status: http.StatusNotFound}
	case file.readers == nil:
	case in.account == nil:
		return in.refuse(errNoKeys)
	case in.account.Access != ReadWriteDM || !slices.Contains(file.readers, in.account.ID):
		return in.refuse(fault.Permission())
	}
	a := &serve.Answer{Status: http.StatusOK, Body: file.data}
	a.Header().Set("Content-Type", file.kind)
	return a
}

// grantBearer gives an app its Bearer token: the same each time.
func (x *Gate) grantBearer(in *request) *serve.Answer {
	key, secret, found := in.BasicAuth()
	form, err := decodeForm(string(in.raw))
	if err != nil || !slices.Equal(form, []pair{{"grant_type", "client_credentials"}}) {
		return in.malformed("grant_type", "", "its form is not grant_type=client_credentials")
	}
	plain, err := decodeForm(key + "=" + secret) // both are percent-encoded before they are joined
	if !found || err != nil || len(plain) != 1 {
		return in.refuse(errAppKeys)
	}
	a := x.App(plain[0].name)
	if a == nil || a.secret != plain[0].value {
		return in.refuse(errAppKeys)
	}
	return serve.JSON(http.StatusOK, map[string]any{"token_type": "bearer", "access_token": a.bearer()})
}
