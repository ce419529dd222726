package motion

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"perch/bridge"
)

// maxAccounts is how many Open Channel accounts are asked for; a Motion has a handful.
const maxAccounts = "100"

// Account is an Open Channel account as far as Motion tells it; any field but ID may be empty.
type Account struct {
	ID, Name, MapKey string
	// ReceiveURL is where the account takes customers' messages. Where Motion does not tell it, it is made up of the
	// server's address and the ID, as XCALLY's own services do.
	ReceiveURL string
	ReplyURL   string
	// replyName is how the member with the Reply URL is called here; empty when there is none.
	replyName string
}

// TellsReplyURL reports whether Motion tells the account's Reply URL, so that it can be changed there.
func (a Account) TellsReplyURL() bool { return a.replyName != "" }

func (c *Client) account(o object) Account {
	a := Account{
		ID: o.id("id"), Name: o.text("name"), MapKey: o.text(mapKeyNames...), ReceiveURL: o.text(receiveURLNames...),
		ReplyURL: o.text(replyURLNames...), replyName: o.name(replyURLNames...),
	}
	if a.ReceiveURL == "" && a.ID != "" {
		a.ReceiveURL = c.base + "/api/openchannel/accounts/" + url.PathEscape(a.ID) + "/notify"
	}
	return a
}

// Accounts lists the Open Channel accounts. The answer may be a bare list or {"rows": list}.
func (c *Client) Accounts(ctx context.Context) ([]Account, error) {
	const op = "list Motion's accounts"
	if !c.HasCredentials() {
		return nil, noAccess(op)
	}
	answer, err := c.ask(ctx, op, http.MethodGet, "?limit="+maxAccounts, nil)
	if err != nil {
		return nil, err
	}
	var accounts []Account
	for _, row := range rows(answer.body) {
		if a := c.account(row); a.ID != "" {
			accounts = append(accounts, a)
		}
	}
	return accounts, nil
}

// rows are the objects of a list; what is no object is left out.
func rows(body []byte) []object {
	var list any
	_ = decodeAny(body, &list) // what cannot be read has no rows
	if o, ok := list.(map[string]any); ok {
		list = object(o).get("rows", "data")
	}
	elements, _ := list.([]any)
	var all []object
	for _, e := range elements {
		if o, ok := e.(map[string]any); ok {
			all = append(all, o)
		}
	}
	return all
}

// Account returns the account of the Receive URL.
func (c *Client) Account(ctx context.Context) (Account, error) {
	const op = "read Motion's account"
	switch {
	case !c.HasCredentials():
		return Account{}, noAccess(op)
	case c.AccountID() == "":
		return Account{}, &bridge.Error{
			Kind: bridge.Rejected, Side: bridge.SideMotion, Op: op, Message: "the Receive URL does not name an Open Channel account",
			Remedy: "copy it again from Motion; it ends in /accounts/NUMBER/notify",
		}
	}
	answer, err := c.ask(ctx, op, http.MethodGet, c.ownPath(), nil)
	if err != nil {
		return Account{}, err
	}
	var o object
	if decode(answer.body, &o) != nil || len(o) == 0 {
		return Account{}, foreign(op, answer)
	}
	return c.account(o), nil
}

// SetReplyURL writes the Reply URL into the account of the Receive URL, where it is still the old one, and reads it again,
// because Motion's documentation promises neither. It changes that one member and never clears it: an account without a
// Reply URL takes the reply box away from the agents. An error of kind Rejected means that a person has to paste it.
func (c *Client) SetReplyURL(ctx context.Context, address, old string) error {
	const op = "write the Reply URL into Motion"
	now, err := c.Account(ctx)
	switch {
	case err != nil:
		return err
	case address == "" || !now.TellsReplyURL():
		return notWritten(op, "Motion's API does not offer the Reply URL", nil)
	case now.ReplyURL == address:
		return nil
	case now.ReplyURL != old:
		return &bridge.Error{
			Kind: bridge.Invalid, Side: bridge.SideMotion, Op: op, Message: "somebody has changed the Reply URL in Motion meanwhile; it is " + now.ReplyURL + " now",
			Remedy: "look at it, and say yes again if it may be replaced",
		}
	}
	change, err := json.Marshal(map[string]string{now.replyName: address})
	if err != nil {
		return err
	}
	if _, err := c.ask(ctx, op, http.MethodPut, c.ownPath(), change); err != nil {
		if e := bridge.AsError(err); e.Kind == bridge.Rejected || e.Code == "403" || e.Code == "404" || e.Code == "405" {
			return notWritten(op, "Motion does not let the Reply URL be written ("+e.Message+")", err)
		}
		return err
	}
	if now, err = c.Account(ctx); err != nil {
		return err
	}
	if now.ReplyURL != address {
		return notWritten(op, "Motion said yes, but the account still has the old Reply URL", nil)
	}
	return nil
}

func notWritten(op, why string, err error) error {
	return &bridge.Error{
		Kind: bridge.Rejected, Side: bridge.SideMotion, Op: op, Message: why,
		Remedy: "paste it yourself: Open Channel, Accounts, the account, Reply URL", Err: err,
	}
}

// name returns how the first of the members is spelled here; "" when there is none, whatever its value.
func (o object) name(names ...string) string {
	for _, name := range names {
		for k := range o {
			if strings.EqualFold(k, name) {
				return k
			}
		}
	}
	return ""
}
