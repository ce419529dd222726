package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// choiceWidth is that of a list to choose from.
const choiceWidth = 172

// Choice is a list of values to choose from, with one that means all.
type Choice struct {
	// Select is the list, and Content the list in its frame.
	Select  *widget.Select
	Content fyne.CanvasObject

	all    string
	name   func(string) string
	values []string
}

// NewChoice returns a choice of all. name words a value.
func NewChoice(all string, values []string, name func(string) string, changed func()) *Choice {
	c := &Choice{all: all, name: name, Select: widget.NewSelect(nil, nil)}
	c.Offer(values)
	c.Select.SetSelectedIndex(0)
	c.Select.OnChanged = func(string) { changed() }
	c.Content = Framed(c.Select, choiceWidth)
	return c
}

// Offer changes the values.
func (c *Choice) Offer(values []string) {
	if c.Select.Options != nil && len(values) == len(c.values) {
		return
	}
	c.values = values
	options := []string{c.all}
	for _, v := range values {
		options = append(options, c.name(v))
	}
	c.Select.SetOptions(options)
}

// Value is the one that is chosen; "" for all.
func (c *Choice) Value() string {
	if i := c.Select.SelectedIndex(); i > 0 {
		return c.values[i-1]
	}
	return ""
}

// Choose chooses a value; one that is not offered stands for all.
func (c *Choice) Choose(value string) {
	for i, v := range c.values {
		if v == value {
			c.Select.SetSelectedIndex(i + 1)
			return
		}
	}
	c.Select.SetSelectedIndex(0)
}
