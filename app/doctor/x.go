package doctor

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"perch/app/adapter"
	"perch/app/config"
	"perch/bridge"
	"perch/bridge/secret"
	"perch/bridge/xapi"
)

const (
	fixPair = "copy the API key and secret (Consumer Keys) again from X's developer portal: perch secret set --channel %s x.consumer_key, then x.consumer_secret"
	fixUser = "make a new Access Token and Secret in X's developer portal (Keys and tokens, signed in as the brand): " +
		"perch secret set --channel %s x.access_token, then x.access_token_secret"
	fixPermission = "in X's developer portal set the app's permission to \"Read and write and Direct message\"; then, also when it is set already, " +
		"make a NEW Access Token and Secret (old ones keep the old permission), store both with perch secret set"
)

// planX lists the checks of the way to X.
func (e *exam) planX(ch config.Channel, store *check) *channel {
	c := &channel{exam: e, Channel: ch}
	x := &xChecks{channel: c}
	c.x = x
	keys := e.add(check{name: "x-secrets", title: "X keys", channel: ch.Name, needs: []*check{store}, run: x.checkSecrets})
	reached := e.once("x-reach", "way to X", ch.X.APIBase, func(ctx context.Context) result { return e.reach(ctx, peerX, ch.X.APIBase, "") })
	asked := e.add(check{isHidden: true, title: "way to X", channel: ch.Name, needs: []*check{keys, reached}, run: x.askToken})
	if e.shared["clock"] == nil {
		e.shared["clock"] = e.add(check{name: "clock", title: "clock", needs: []*check{asked}, run: x.checkClock})
	}
	x.appCheck = e.add(check{name: "x-app", title: "X app", channel: ch.Name, needs: []*check{asked}, run: x.checkApp})
	x.accountCheck = e.add(check{name: "x-account", title: "X account", channel: ch.Name, needs: []*check{x.appCheck}, run: x.checkAccount})
	e.add(check{name: "x-permission", title: "X permission", channel: ch.Name, needs: []*check{x.accountCheck}, run: x.checkPermission})
	if e.Config.Reach.Mode == config.ModeWebhook {
		x.hooksCheck = e.add(check{isHidden: true, title: "webhook list", channel: ch.Name, needs: []*check{x.accountCheck}, run: x.listWebhooks})
	}
	if ch.X.API == config.APIv1 {
		x.environmentCheck = e.add(check{name: "x-environment", title: "X environment", channel: ch.Name, needs: []*check{x.accountCheck}, after: some(x.hooksCheck), run: x.checkEnvironment})
	}
	x.planChat(store)
	return c
}

func (x *xChecks) checkSecrets(context.Context) result {
	var missing []string
	for _, name := range secret.XNames() {
		if x.value(x.Name, name) == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return bad("not set: "+strings.Join(missing, ", "), "store each with: perch secret set --channel "+x.Name+" "+missing[0])
	}
	return fine("all four are set")
}

// askToken asks for the app's own token, which proves the consumer key and secret alone.
func (x *xChecks) askToken(ctx context.Context) result {
	of := func(name string) string { return x.value(x.Name, name) }
	c := adapter.XConfig(x.Channel, x.Values, nil, x.Log)
	c.UserAgent = "Perch doctor"
	if x.Secrets != nil {
		c.Login.Store = adapter.XTokens(x.Secrets, x.Name, nil)
	}
	x.client = xapi.New(c)
	body := strings.NewReader("grant_type=client_credentials")
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(x.X.APIBase, "/")+"/oauth2/token", body)
	if err != nil {
		return bad("the address of X cannot be used", "take api_base out of perch.toml")
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(url.QueryEscape(of("x.consumer_key")), url.QueryEscape(of("x.consumer_secret")))
	x.tokenAnswer, _ = x.call(x.exam.client(""), r) // no answer: the next check, which is signed, tells why
	return fine("")
}

// checkApp looks at the consumer key and secret by themselves, so that they are not mistaken for a wrong access token.
func (x *xChecks) checkApp(context.Context) result {
	a := x.tokenAnswer
	switch {
	case a == nil:
		return fine("X did not answer this question; the account is asked next")
	case a.status == http.StatusUnauthorized, a.status == http.StatusForbidden && isPairRefusal(a.body):
		return bad("X refuses the consumer key and secret: one of the two is wrong"+x.hint("x.consumer_key", "x.consumer_secret"), fmt.Sprintf(fixPair, x.Name))
	case a.status/100 == 2:
		return fine("X knows the consumer key and secret")
	}
	return fine(fmt.Sprintf("X did not judge the consumer key (%d); the account is asked next", a.status))
}

func isPairRefusal(body []byte) bool {
	text := strings.ToLower(string(body))
	return strings.Contains(text, `"code":99`) || strings.Contains(text, "verify your credentials") || strings.Contains(text, "authenticity_token_error")
}

func (x *xChecks) checkAccount(ctx context.Context) result {
	me, err := x.client.Me(ctx)
	if err != nil {
		return x.accountTrouble(bridge.AsError(err))
	}
	x.account = me
	return fine("the keys are those of @" + me.Handle)
}

// accountTrouble refines what X says of the four keys together: the first two are known to be good.
func (x *xChecks) accountTrouble(e *bridge.Error) result {
	hint := x.hint("x.access_token", "x.access_token_secret")
	switch {
	case !strings.HasPrefix(e.Code, "401") || e.Code == "401/135":
		return failure(e)
	case e.Code == "401/89":
		return bad("X does not know the access token: it is wrong, or was revoked or made anew"+hint, fmt.Sprintf(fixUser, x.Name))
	case e.Code == "401/32":
		return bad("X knows the app, but the access token secret does not belong to the access token"+hint, fmt.Sprintf(fixUser, x.Name))
	}
	return bad("X knows the app, but refuses the access token: it or its secret is wrong, or was revoked"+hint, fmt.Sprintf(fixUser, x.Name))
}

// What X's keys look like.
var (
	likeAccessToken = regexp.MustCompile(`^[0-9]{2,20}-[A-Za-z0-9]{20,}$`)
	likeBearer      = regexp.MustCompile(`^A{10,}`)
	likeClientID    = regexp.MustCompile(`:1:ci$|^[A-Za-z0-9_-]{30,}OjE6Y2k$`)
)

// hint says what one of the secrets looks like that it should not look like; empty mostly.
func (x *xChecks) hint(names ...string) string {
	for _, name := range names {
		value := x.value(x.Name, name)
		isToken := likeAccessToken.MatchString(value)
		switch {
		case strings.TrimSpace(value) != value:
			return "; " + name + " begins or ends with a blank"
		case likeBearer.MatchString(value):
			return "; " + name + " looks like a Bearer token, which is another thing"
		case likeClientID.MatchString(value):
			return "; " + name + " looks like an OAuth 2.0 client id, which is another thing"
		case isToken && name != "x.access_token":
			return "; " + name + " looks like an access token: are they swapped?"
		case !isToken && name == "x.access_token":
			return "; x.access_token does not look like one (number, hyphen, letters): are they swapped?"
		}
	}
	return ""
}

func (x *xChecks) checkPermission(context.Context) result {
	switch {
	case x.account.ID == "":
		return skip("not checked: X did not tell whose keys they are")
	case !x.account.CanWrite:
		return bad("the access token may only read: the app has no more permission, or got it after the token was made", fixPermission)
	case !x.account.CanDM:
		return bad("the access token may not use direct messages: the app has no such permission, or got it after the token was made", fixPermission)
	}
	return fine("the access token may read, write and use direct messages")
}

// listWebhooks gathers what X has registered for the app.
func (x *xChecks) listWebhooks(ctx context.Context) result {
	x.hooks, x.hooksErr = x.client.Webhooks(ctx)
	return fine("")
}

// checkEnvironment looks whether API v1.1 can be used in the way that perch.toml wants.
func (x *xChecks) checkEnvironment(context.Context) result {
	switch {
	case x.hooksCheck == nil:
		return fine("not needed: events do not come by webhook")
	case x.hooksErr != nil && x.X.Environment == "":
		return bad("X does not take calls without an environment ("+bridge.AsError(x.hooksErr).Message+")",
			"write the Dev environment label of X's developer portal as environment below [channel.x] in perch.toml; only Enterprise has none")
	case x.hooksErr != nil:
		r := failure(x.hooksErr)
		r.message = fmt.Sprintf("environment %q: %s", x.X.Environment, r.message)
		return r
	}
	return fine(fmt.Sprintf("X knows the environment %q", x.X.Environment))
}

func (x *xChecks) checkClock(context.Context) result {
	ahead, ok := x.tokenAnswer.ahead()
	const remedy = "switch on automatic time (NTP) on this computer"
	switch {
	case !ok:
		return skip("X did not tell its time")
	case ahead.Abs() >= clockTrouble:
		return bad("the clock of this computer is "+offText(ahead)+": X refuses signatures of another time", remedy)
	case ahead.Abs() > clockNotice:
		return warn("the clock of this computer is "+offText(ahead), remedy)
	}
	return fine(fmt.Sprintf("the clock of this computer agrees with X's (%s)", ahead))
}
