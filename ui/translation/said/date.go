package said

import (
	"strconv"
	"strings"
	"time"
)

// months are what the months are called in each language.
var months = map[string][]string{
	"it": {
		"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre",
	},
}

// date translates a date as the relay writes it for people: "2 January 2006" or "2 January 15:04". Other times are digits,
// which are the same in every language.
func (c *Catalog) date(text string) (string, bool) {
	words := strings.Split(text, " ")
	if len(words) != 3 || c.months == nil {
		return "", false
	}
	if day, err := strconv.Atoi(words[0]); err != nil || day < 1 || day > 31 {
		return "", false
	}
	month := -1
	for m := time.January; m <= time.December; m++ {
		if m.String() == words[1] {
			month = int(m) - 1
		}
	}
	if month < 0 {
		return "", false
	}
	return words[0] + " " + c.months[month] + " " + words[2], true
}
