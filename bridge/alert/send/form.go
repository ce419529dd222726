package send

import (
	"fmt"
	"strings"
	"time"

	"perch/bridge/alert"
)

const (
	// slackBlocks, slackText and slackHeader are Slack's bounds: blocks in a message, letters in a text and in a header
	// (docs.slack.dev/reference/block-kit/blocks).
	slackBlocks, slackText, slackHeader = 50, 3000, 150
	// chatText is Google Chat's bound of a message, in letters (developers.google.com/workspace/chat/api/reference/rest).
	chatText = 4000
	// teamsItems is how many causes a card has; Teams takes 28 KB (learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors).
	teamsItems, teamsText = 20, 1000
)

// WebhookBody is what a webhook gets. Its names stay as they are; new members may be added.
type WebhookBody struct {
	Version int `json:"version"`
	// ID stays when a notice is sent again. Event is "trouble", "solved" or "test".
	ID     string         `json:"id"`
	Event  string         `json:"event"`
	Host   string         `json:"host"`
	Perch  string         `json:"perch"`
	Made   time.Time      `json:"made"`
	Title  string         `json:"title"`
	Text   string         `json:"text"`
	Causes []WebhookCause `json:"causes"`
}

// WebhookCause is one cause of a WebhookBody.
type WebhookCause struct {
	// State is "open", "more", "solved" or "test". Key is the same for the same cause.
	State    string     `json:"state"`
	Key      string     `json:"key"`
	Side     string     `json:"side"`
	Channel  string     `json:"channel,omitempty"`
	Level    string     `json:"level"`
	Title    string     `json:"title"`
	What     string     `json:"what"`
	Remedy   string     `json:"remedy,omitempty"`
	Count    int        `json:"count,omitempty"`
	Since    time.Time  `json:"since"`
	Until    *time.Time `json:"until,omitempty"`
	Messages []string   `json:"messages,omitempty"`
}

func webhookForm(t Target, n alert.Notice) WebhookBody {
	b := WebhookBody{
		Version: 1, ID: noticeID(t, n), Event: event(n), Host: t.Host, Perch: t.Version, Made: n.Made, Title: n.Subject(t.Host), Text: n.Text(),
		Causes: []WebhookCause{},
	}
	for _, i := range n.Items {
		c := WebhookCause{
			State: string(i.State), Key: i.Key, Side: i.Side, Channel: i.Channel, Level: string(i.Level), Title: i.Title, What: i.What, Remedy: i.Remedy,
			Count: i.Count, Since: i.Since, Messages: i.Messages,
		}
		if !i.Until.IsZero() {
			until := i.Until
			c.Until = &until
		}
		b.Causes = append(b.Causes, c)
	}
	return b
}

// event is "trouble" as long as any of the causes is one.
func event(n alert.Notice) string {
	states := map[alert.ItemState]bool{}
	for _, i := range n.Items {
		states[i.State] = true
	}
	switch {
	case states[alert.Open], states[alert.More]:
		return "trouble"
	case states[alert.Test]:
		return "test"
	}
	return "solved"
}

// object is JSON of a foreign form.
type object map[string]any

func slackForm(t Target, n alert.Notice) any {
	title := n.Subject(t.Host)
	blocks := []any{object{"type": "header", "text": object{"type": "plain_text", "text": cut(title, slackHeader)}}}
	for _, i := range n.Items[:min(len(n.Items), slackBlocks-2)] {
		text := mark(i) + " *" + slackEscape(i.Lines()[0]) + "*\n" + slackEscape(strings.Join(i.Lines()[1:], "\n"))
		blocks = append(blocks, object{"type": "section", "text": object{"type": "mrkdwn", "text": cut(text, slackText)}})
	}
	if text := rest(n, slackBlocks-2); text != "" {
		blocks = append(blocks, object{"type": "section", "text": object{"type": "plain_text", "text": text}})
	}
	return object{"text": slackEscape(title), "blocks": blocks}
}

// slackEscape keeps what others wrote from calling people or leading elsewhere (docs.slack.dev/messaging/formatting-message-text).
func slackEscape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

func teamsForm(t Target, n alert.Notice) any {
	block := func(text, weight, size string) object {
		return object{"type": "TextBlock", "text": cut(text, teamsText), "wrap": true, "weight": weight, "size": size}
	}
	body := []any{block(teamsEscape(n.Subject(t.Host)), "Bolder", "Medium")}
	for _, i := range n.Items[:min(len(n.Items), teamsItems)] {
		lines := i.Lines()
		body = append(body, block(mark(i)+" "+teamsEscape(lines[0]), "Bolder", "Default"))
		for _, line := range lines[1:] {
			body = append(body, block(teamsEscape(line), "Default", "Default"))
		}
	}
	if text := rest(n, teamsItems); text != "" {
		body = append(body, block(text, "Default", "Default"))
	}
	card := object{"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4", "body": body}
	return object{"type": "message", "attachments": []any{object{"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": nil, "content": card}}}
}

// teamsEscape keeps what others wrote from becoming links and lists: the text of a card is Markdown.
func teamsEscape(text string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, "*", `\*`, "_", `\_`).Replace(text)
}

func chatForm(t Target, n alert.Notice) any {
	parts := []string{"*" + chatEscape(n.Subject(t.Host)) + "*"}
	for _, i := range n.Items {
		parts = append(parts, mark(i)+" "+chatEscape(strings.Join(i.Lines(), "\n")))
	}
	return object{"text": cut(strings.Join(parts, "\n\n"), chatText)}
}

// chatEscape keeps what others wrote from calling everybody: "<users/all>" does.
func chatEscape(text string) string {
	return strings.NewReplacer("<", "‹", ">", "›").Replace(text)
}

// mark tells the states apart at a glance.
func mark(i alert.Item) string {
	switch {
	case i.State == alert.Solved:
		return "✅"
	case i.State == alert.Test:
		return "ℹ️"
	case i.Level == alert.NeedsYou:
		return "🔴"
	}
	return "🟠"
}

// rest says how many causes are not shown; "" for none.
func rest(n alert.Notice, shown int) string {
	if more := len(n.Items) - shown; more > 0 {
		return fmt.Sprintf("And %d more; see them all with: perch status", more)
	}
	return ""
}

func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
