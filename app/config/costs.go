package config

import (
	"fmt"

	"github.com/pelletier/go-toml/v2/unstable"

	"perch/bridge"
	"perch/bridge/cost"
)

// Costs says what a month may cost at X, and what follows when it costs more.
type Costs struct {
	// MonthlyBudget is in US dollars; empty or "0" for none.
	MonthlyBudget Amount `toml:"monthly_budget"`
	// StopLookUps leaves out look-ups that no message needs once the budget is used up.
	StopLookUps bool `toml:"stop_lookups"`
	// FlagLinks tells agents of public replies that a link has made expensive.
	FlagLinks bool `toml:"flag_links"`
	// Prices are those that differ from X's list.
	Prices Prices `toml:"prices"`
}

// Prices are US dollars for one event of each bridge.BilledKind; empty means the price of X's list.
type Prices struct {
	DMReceived    string `toml:"dm_received"`
	ChatReceived  string `toml:"chat_received"`
	PostReceived  string `toml:"post_received"`
	DMSent        string `toml:"dm_sent"`
	ChatSent      string `toml:"chat_sent"`
	ReplySent     string `toml:"reply_sent"`
	ReplyLinkSent string `toml:"reply_link_sent"`
	ReplyHidden   string `toml:"reply_hidden"`
	DMRead        string `toml:"dm_read"`
	ChatRead      string `toml:"chat_read"`
	PostRead      string `toml:"post_read"`
	UserRead      string `toml:"user_read"`
	OwnRead       string `toml:"own_read"`
}

// Own are the prices that differ from X's list, as they are written.
func (p Prices) Own() map[bridge.BilledKind]string {
	all := map[bridge.BilledKind]string{
		bridge.BilledDM: p.DMReceived, bridge.BilledChat: p.ChatReceived, bridge.BilledPost: p.PostReceived, bridge.BilledDMSent: p.DMSent,
		bridge.BilledChatSent: p.ChatSent, bridge.BilledReply: p.ReplySent, bridge.BilledLinkReply: p.ReplyLinkSent, bridge.BilledHide: p.ReplyHidden,
		bridge.BilledDMRead:   p.DMRead,
		bridge.BilledChatRead: p.ChatRead, bridge.BilledPostRead: p.PostRead, bridge.BilledUserRead: p.UserRead, bridge.BilledOwnRead: p.OwnRead,
	}
	for kind, price := range all {
		if price == "" {
			delete(all, kind)
		}
	}
	return all
}

// Amount is US dollars as they are written: in perch.toml as a number or as a text.
type Amount string

// UnmarshalTOML takes a number as it is written.
func (a *Amount) UnmarshalTOML(node *unstable.Node) error {
	*a = Amount(node.Data)
	return nil
}

// dearest bounds the price of one event: beyond it, sums would not be exact any more.
const dearest = 1000 * cost.Dollar

func (k *checker) costs(c Costs) {
	if _, err := cost.ParseMoney(string(c.MonthlyBudget)); err != nil {
		k.add("costs.monthly_budget", fmt.Sprintf("costs.monthly_budget is %s, which is not an amount", shown(string(c.MonthlyBudget))),
			`write US dollars, such as "25.00", or "0" for no budget`)
	}
	own := c.Prices.Own()
	for _, kind := range bridge.BilledKinds() {
		key := "costs.prices." + string(kind)
		if price, err := cost.ParseMoney(own[kind]); err != nil || price > dearest {
			k.add(key, fmt.Sprintf("%s is %s, which is not the price of one event", key, shown(own[kind])),
				`write US dollars, such as "0.015", or "" for the price of X's list`)
		}
	}
}
