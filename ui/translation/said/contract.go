package said

import "strings"

// stems are what Italian makes of a preposition before an article, and endings what becomes of the article: "di" and "il"
// are "del". A place may begin with an article ("l'account"), and the sentence before it end with a preposition.
var (
	stems   = [][2]string{{"di ", "de"}, {"da ", "da"}, {"a ", "a"}, {"in ", "ne"}, {"su ", "su"}}
	endings = [][2]string{{"il ", "l "}, {"lo ", "llo "}, {"la ", "lla "}, {"l'", "ll'"}, {"i ", "i "}, {"gli ", "gli "}, {"le ", "lle "}}
)

// contract joins what stands before a place to what stands in it, as Italian does.
func contract(before, place string) string {
	for _, stem := range stems {
		start, isBefore := strings.CutSuffix(before, stem[0])
		if !isBefore || (start != "" && !strings.HasSuffix(start, " ")) {
			continue
		}
		for _, ending := range endings {
			if rest, isArticle := strings.CutPrefix(place, ending[0]); isArticle {
				return start + stem[1] + ending[1] + rest
			}
		}
	}
	return before + place
}
