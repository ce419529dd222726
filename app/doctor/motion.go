package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"perch/app/adapter"
	"perch/bridge/motion"
)

const pasteReceive = "copy the Receive URL again from Motion (Open Channel, the account, Settings) into receive_url in perch.toml"

// planMotion lists the checks of the way to Motion.
func (c *channel) planMotion(store *check) {
	m := &motionChecks{channel: c}
	c.motion = m
	base, pin := c.Motion.Base(), c.Motion.TLSPin
	form := c.add(check{name: "motion-url", title: "Receive URL", channel: c.Name, run: m.checkURL})
	keys := c.add(check{name: "motion-secrets", title: "Motion password", channel: c.Name, needs: []*check{store}, run: m.checkSecrets})
	reached := c.once("motion-reach", "way to Motion", base+" "+pin, func(ctx context.Context) result { return c.reach(ctx, peerMotion, base, pin) })
	m.accountCheck = c.add(check{
		name: "motion-account", title: "Motion account", channel: c.Name, needs: some(form, keys, reached, c.sameLogin()), after: []*check{c.journalCheck}, run: m.checkAccount,
	})
	c.shared[m.loginKey()] = m.accountCheck
	c.add(check{name: "motion-clock", title: "Motion's clock", channel: c.Name, needs: []*check{m.accountCheck}, run: m.checkClock})
	c.add(check{name: "motion-map-key", title: "Map Key", channel: c.Name, needs: []*check{m.accountCheck}, run: m.checkMapKey})
	c.add(check{name: "motion-files", title: "files in Motion", channel: c.Name, needs: []*check{m.accountCheck}, run: m.checkFiles})
}

// sameLogin is the check of an earlier channel that uses the same user: a password that is wrong there is not tried again.
func (c *channel) sameLogin() *check { return c.shared[c.motion.loginKey()] }

func (m *motionChecks) loginKey() string {
	return strings.Join([]string{"login", m.Motion.Base(), m.Motion.User, m.value(m.Name, "motion.password"), m.value(m.Name, "motion.api_key")}, " ")
}

var accountPath = regexp.MustCompile(`/api/openchannel/accounts/[^/?]+/(notify|receive)$`)

func (m *motionChecks) checkURL(context.Context) result {
	m.client = motion.New(adapter.MotionConfig(m.Channel, m.Values, m.Log))
	u, err := url.Parse(m.Motion.ReceiveURL)
	switch {
	case err != nil || m.client.AccountID() == "":
		return bad("receive_url does not name an Open Channel account, so Motion answers 404", pasteReceive+"; it ends in /api/openchannel/accounts/NUMBER/notify")
	case !accountPath.MatchString(u.Path):
		return bad("the path of receive_url is not one that Motion has, so it answers 404", pasteReceive+"; it ends in /api/openchannel/accounts/NUMBER/notify")
	}
	for _, other := range m.Config.Channels {
		if other.Name != m.Name && other.Motion.ReceiveURL == m.Motion.ReceiveURL {
			return warn("channel "+other.Name+" has the same Receive URL: agents cannot tell the two apart, and answers go to one of them only",
				"make an Open Channel account of its own for each channel")
		}
	}
	return fine("it names account " + m.client.AccountID())
}

func (m *motionChecks) checkSecrets(context.Context) result {
	switch {
	case m.value(m.Name, "motion.password") == "" && m.value(m.Name, "motion.api_key") == "":
		return warn("neither motion.password nor motion.api_key is set: texts arrive, but no files, and the account cannot be looked at",
			"store the password of the user in perch.toml: perch secret set --channel "+m.Name+" motion.password")
	case m.value(m.Name, "motion.api_key") == "" && m.Motion.User == "":
		return bad("there is a password for Motion but no user", "write user below [channel.motion] in perch.toml")
	}
	return fine("set")
}

// get asks Motion's API as the user.
func (m *motionChecks) get(ctx context.Context, path string) (*answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, m.Motion.Base()+path, nil)
	if err != nil {
		return nil, err
	}
	if key := m.value(m.Name, "motion.api_key"); key != "" {
		q := r.URL.Query()
		q.Set("apikey", key)
		r.URL.RawQuery = q.Encode()
	} else {
		r.SetBasicAuth(m.Motion.User, m.value(m.Name, "motion.password"))
	}
	return m.call(m.exam.client(m.Motion.TLSPin), r)
}

// checkAccount reads the Open Channel account, which proves the user as well.
func (m *motionChecks) checkAccount(ctx context.Context) result {
	if m.value(m.Name, "motion.password") == "" && m.value(m.Name, "motion.api_key") == "" {
		return skip("not checked: no password is set")
	}
	a, err := m.get(ctx, "/api/openchannel/accounts/"+url.PathEscape(m.client.AccountID()))
	if err != nil {
		return dialTrouble(peerMotion, m.Motion.Base(), err)
	}
	m.accountAnswer = a
	switch {
	case a.status == http.StatusNotFound:
		return m.missingAccount(ctx)
	case a.status/100 != 2:
		return m.refused(a)
	case json.Unmarshal(a.body, &m.account) != nil || m.account.text("id") == "":
		return bad("Motion answers with something else than the account", "check base_url and receive_url in perch.toml: does another program answer there?")
	}
	return m.otherAccount(ctx)
}

var saysLocked = regexp.MustCompile(`(?i)\b(un)?(lock|block|disabl|suspend|too many)`)

// refused words an answer that is no success.
func (m *motionChecks) refused(a *answer) result {
	secretName := "motion.password"
	if m.value(m.Name, "motion.api_key") != "" {
		secretName = "motion.api_key"
	}
	switch {
	case a.status/100 == 4 && saysLocked.Match(a.body):
		return bad(fmt.Sprintf("Motion has locked the user %q", m.Motion.User),
			"unlock the user in Motion (Staff, Users), or wait; correct "+secretName+" before Perch tries again")
	case a.status == http.StatusUnauthorized && secretName == "motion.api_key":
		return bad("Motion refuses the API key", "make a new one in Motion (Staff, Users, the user, Api Key Manager): perch secret set --channel "+m.Name+" motion.api_key")
	case a.status == http.StatusUnauthorized:
		return bad(fmt.Sprintf("Motion refuses the user %q with this password", m.Motion.User),
			"check user in perch.toml and store the password again: perch secret set --channel "+m.Name+" motion.password. "+
				"Motion locks a user after some wrong passwords, and passwords may expire: an API key does not")
	case a.status == http.StatusForbidden:
		return bad(fmt.Sprintf("Motion does not let the user %q look at the account", m.Motion.User), "give the user admin rights in Motion (Staff, Users), or name an admin")
	case a.status/100 == 3:
		return bad("Motion's address answers with a redirect, which Perch does not follow", "write the final address (https in place of http?) into receive_url in perch.toml")
	case a.status >= http.StatusInternalServerError:
		return bad(fmt.Sprintf("Motion is out of order (%d)", a.status), "look at Motion's logs on its server: /var/log/xcally")
	}
	return bad(fmt.Sprintf("Motion refuses to show the account (%d)", a.status), "look at Motion's logs on its server: /var/log/xcally")
}

// accounts lists Motion's Open Channel accounts, as far as it tells them.
func (m *motionChecks) accounts(ctx context.Context) ([]members, *answer) {
	a, err := m.get(ctx, "/api/openchannel/accounts?limit=100")
	if err != nil || a.status/100 != 2 {
		return nil, a
	}
	var rows []members
	if json.Unmarshal(a.body, &rows) != nil {
		var wrapped struct{ Rows []members }
		_ = json.Unmarshal(a.body, &wrapped) // another form is an empty list
		rows = wrapped.Rows
	}
	return rows, a
}

// missingAccount explains a 404: the account is not there, or the address is not Motion's.
func (m *motionChecks) missingAccount(ctx context.Context) result {
	rows, a := m.accounts(ctx)
	switch {
	case a != nil && (a.status == http.StatusUnauthorized || a.status == http.StatusForbidden):
		return m.refused(a)
	case len(rows) == 0:
		return bad(fmt.Sprintf("Motion answers 404: it has no Open Channel account %s, or receive_url leads to another program", m.client.AccountID()), pasteReceive)
	}
	var there []string
	for _, row := range rows {
		there = append(there, strings.TrimSpace(row.text("id")+" "+row.text("name")))
	}
	return bad(fmt.Sprintf("Motion has no Open Channel account %s (receive_url); it has: %s", m.client.AccountID(), strings.Join(there, ", ")), pasteReceive)
}

// otherAccount looks whether another account is the one that sends its replies to this channel.
func (m *motionChecks) otherAccount(ctx context.Context) result {
	token := m.tokens[m.Name]
	own := m.account.text("replyUrl")
	if token != "" && !strings.HasSuffix(own, "/"+token) {
		rows, _ := m.accounts(ctx)
		at := slices.IndexFunc(rows, func(r members) bool {
			return strings.HasSuffix(r.text("replyUrl"), "/"+token) && r.text("id") != m.client.AccountID()
		})
		if at >= 0 {
			return bad(fmt.Sprintf("receive_url is that of another account (%s %s): the Reply URL of this channel is in account %s (%s)",
				m.client.AccountID(), m.account.text("name"), rows[at].text("id"), rows[at].text("name")),
				"copy the Receive URL of that account into receive_url in perch.toml, or move the Reply URL to this one")
		}
	}
	return fine(strings.TrimSpace(fmt.Sprintf("Motion takes the user and has account %s %s", m.client.AccountID(), m.account.text("name"))))
}

// contactFields are the fields of a contact in Motion; custom ones are called cf_ and a number.
var contactFields = []string{
	"firstname", "lastname", "street", "postalcode", "city", "country", "description", "phone", "mobile", "fax", "email", "url",
	"facebook", "twitter", "skype", "linkedin", "telegram", "whatsapp", "instagram", "viber", "line", "fiscalcode", "vat", "name",
}

var customField = regexp.MustCompile(`^cf_[0-9]+$`)

func (m *motionChecks) checkMapKey(context.Context) result {
	theirs, ours := m.account.text("mapKey"), m.Motion.MapKey
	used := ours
	if used == "" {
		used = theirs
	}
	switch {
	case used == "":
		return fine("Motion does not tell it; " + motion.DefaultMapKey + " is used")
	case ours != "" && theirs != "" && ours != theirs:
		return bad(fmt.Sprintf("map_key in perch.toml is %q, but in Motion it is %q: replies would find nobody", ours, theirs),
			"take map_key out of perch.toml, so that Motion's is used; then: perch reload")
	case !slices.Contains(contactFields, strings.ToLower(used)) && !customField.MatchString(used):
		return bad(fmt.Sprintf("the Map Key %q is not a field of Motion's contacts", used),
			"choose twitter (or a custom field, cf_NUMBER) as Map Key in Motion: Open Channel, the account, General; then: perch restart")
	}
	return fine(used)
}

func (m *motionChecks) checkFiles(ctx context.Context) result {
	isStored, err := adapter.ProveStorage(ctx, m.client)
	switch {
	case isStored && err != nil && !errors.Is(err, adapter.ErrOtherFile):
		return failure(err).about("a file was stored")
	case err != nil:
		return failure(err)
	}
	return fine("a file was stored and fetched again")
}

// checkClock compares with Motion's clock, which matters less: nothing is signed there.
func (m *motionChecks) checkClock(context.Context) result {
	ahead, ok := m.accountAnswer.ahead()
	switch {
	case !ok:
		return skip("Motion did not tell its time")
	case ahead.Abs() > clockNotice:
		return warn("this computer's clock is "+offText(ahead)+" by Motion's: messages show the wrong time",
			"switch on automatic time (NTP) on the computer that is wrong: this one or the Motion server")
	}
	return fine(fmt.Sprintf("the clock of this computer agrees with Motion's (%s)", ahead))
}
