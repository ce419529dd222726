package sqlite

import (
	"strings"
	"unicode/utf8"
)

// ask finds by the index what is not above top.
func (f *finder) ask() error {
	if err := f.changed(); err != nil {
		return err
	}
	question := f.term.question(f.top)
	if question == "" {
		words, isAll, err := f.words()
		if err != nil {
			return err
		}
		if !isAll {
			return f.plain(0)
		}
		if question = strings.Join(words, " OR "); question == "" {
			return nil
		}
	}
	return f.walk(`search s CROSS JOIN message m ON m.id = s.rowid WHERE s.search MATCH ? AND s.rowid > ? AND s.rowid <= ?`, ` ORDER BY s.rowid DESC`, question, f.low, f.top)
}

// words are the threes of the index that begin with what is shorter; isAll is false when there are too many.
func (f *finder) words() (words []string, isAll bool, err error) {
	const last = string(utf8.MaxRune)
	rows, err := f.db.QueryContext(f.ctx, `SELECT term FROM search_word WHERE term >= ? AND term <= ? LIMIT ?`, f.term.core, f.term.core+last+last, maxWords+1)
	if err != nil {
		return nil, false, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var word string
		if err := rows.Scan(&word); err != nil {
			return nil, false, err
		}
		words = append(words, quoted(word))
	}
	return words, len(words) <= maxWords, rows.Err()
}

// changed looks at what was indexed as something else.
func (f *finder) changed() error {
	return f.aside(`reindex r CROSS JOIN message m ON m.id = r.message`)
}
