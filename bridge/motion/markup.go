package motion

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// blocks are the elements that an editor puts around all of a text; wrappers are others that it may begin with.
var (
	blocks   = []atom.Atom{atom.P, atom.Div, atom.Ul, atom.Ol, atom.Blockquote, atom.Pre, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table, atom.Section, atom.Article}
	wrappers = []atom.Atom{atom.Html, atom.Body, atom.Span, atom.Font, atom.A, atom.Br}
	// unseen are those of which nobody sees anything.
	unseen = []atom.Atom{atom.Head, atom.Title, atom.Meta, atom.Link, atom.Style, atom.Script}
)

// plainText makes a text plain where all of it is the mark-up of an editor: paragraphs and line breaks become new lines,
// entities characters, and no tag is left. Any other text stays as it was typed, whatever signs are in it. A problem is
// something in the mark-up that cannot be sent as text.
func plainText(text string) (plain, problem string) {
	trimmed := strings.TrimSpace(text)
	if isBlank(html.UnescapeString(breaks.ReplaceAllString(trimmed, ""))) {
		return "", "" // what an editor makes of no text
	}
	if !strings.HasPrefix(trimmed, "<") || !strings.HasSuffix(trimmed, ">") {
		return text, ""
	}
	nodes, err := html.ParseFragment(strings.NewReader(trimmed), &html.Node{Type: html.ElementNode, DataAtom: atom.Body, Data: "body"})
	if err != nil || (!isDocument(trimmed) && !isEditors(nodes)) || !isBalanced(trimmed) {
		return text, ""
	}
	var w writer
	for _, n := range nodes {
		w.node(n)
	}
	if w.hasPicture {
		return "", "its text holds a picture, which cannot be sent as text: attach it as a file"
	}
	return w.text(), ""
}

var (
	breaks   = regexp.MustCompile(`(?i)<br\s*/?>`)
	document = regexp.MustCompile(`(?i)^<(!doctype html|html)\b`)
)

func isDocument(text string) bool { return document.MatchString(text) }

// isEditors reports whether everything at the top is an element of the kind that editors put around texts.
func isEditors(nodes []*html.Node) bool {
	hasBlock := false
	for _, n := range nodes {
		switch {
		case n.Type == html.TextNode && strings.TrimSpace(n.Data) == "":
		case n.Type == html.CommentNode || n.Type == html.DoctypeNode:
		case n.Type == html.ElementNode && slices.Contains(unseen, n.DataAtom):
		case n.Type == html.ElementNode && slices.Contains(blocks, n.DataAtom):
			hasBlock = true
		case n.Type == html.ElementNode && slices.Contains(wrappers, n.DataAtom):
			hasBlock = hasBlock || (n.DataAtom != atom.Br && len(n.Attr) > 0) // nobody types those
		default:
			return false
		}
	}
	return hasBlock
}

// isBalanced reports whether every tag is one of HTML's and is closed, as an editor does; people who type "<p>" seldom do.
func isBalanced(text string) bool {
	var open []string
	for z := html.NewTokenizer(strings.NewReader(text)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			return len(open) == 0
		}
		token := z.Token()
		switch {
		case kind == html.StartTagToken && token.DataAtom == 0:
			return false
		case kind == html.StartTagToken && !slices.Contains(voidTags, token.DataAtom):
			open = append(open, token.Data)
		case kind == html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != token.Data {
				return false
			}
			open = open[:len(open)-1]
		}
	}
}

// voidTags are never closed (HTML standard: void elements).
var voidTags = []atom.Atom{atom.Br, atom.Img, atom.Hr, atom.Wbr, atom.Input, atom.Col, atom.Meta, atom.Link}

// writer makes text out of mark-up.
type writer struct {
	b          strings.Builder
	hasPicture bool
	inPre      bool
}

func (w *writer) node(n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		w.words(n.Data)
	case n.Type != html.ElementNode || slices.Contains(unseen, n.DataAtom):
	case n.DataAtom == atom.Br:
		w.b.WriteByte('\n')
	case n.DataAtom == atom.Img:
		w.hasPicture = true
	case n.DataAtom == atom.A:
		w.link(n)
	case n.DataAtom == atom.Li:
		w.line()
		w.b.WriteString("- ")
		w.children(n)
		w.line()
	case slices.Contains(blocks, n.DataAtom) || n.DataAtom == atom.Tr:
		before := w.inPre
		w.inPre = w.inPre || n.DataAtom == atom.Pre
		w.line()
		w.children(n)
		w.line()
		w.inPre = before
	default:
		w.children(n)
		if n.DataAtom == atom.Td || n.DataAtom == atom.Th {
			w.b.WriteByte(' ')
		}
	}
}

func (w *writer) children(n *html.Node) {
	for c := range n.ChildNodes() {
		w.node(c)
	}
}

// words writes text; outside of <pre> all white space is one space, a non-breaking one too.
func (w *writer) words(text string) {
	if w.inPre {
		w.b.WriteString(text)
		return
	}
	text = strings.ReplaceAll(text, "\u00a0", " ")
	folded := strings.Join(strings.Fields(text), " ")
	if folded != "" && strings.TrimLeft(text, " \t\r\n") != text {
		folded = " " + folded
	}
	if strings.TrimRight(text, " \t\r\n") != text {
		folded += " "
	}
	if w.atStart() || strings.HasSuffix(w.b.String(), " ") {
		folded = strings.TrimLeft(folded, " ")
	}
	w.b.WriteString(folded)
}

func (w *writer) atStart() bool { return w.b.Len() == 0 || strings.HasSuffix(w.b.String(), "\n") }

// line begins a new line, unless one has just begun.
func (w *writer) line() {
	if !w.atStart() {
		w.b.WriteByte('\n')
	}
}

// link writes a link's words, and its address where those do not tell it.
func (w *writer) link(n *html.Node) {
	from := w.b.Len()
	w.children(n)
	said := strings.TrimSpace(w.b.String()[from:])
	for _, a := range n.Attr {
		address := strings.TrimPrefix(a.Val, "mailto:")
		if a.Key == "href" && strings.Contains(address, ".") && !strings.Contains(strings.TrimSuffix(address, "/"), said) {
			w.b.WriteString(" (" + address + ")")
		} else if a.Key == "href" && said == "" {
			w.b.WriteString(address)
		}
	}
}

func (w *writer) text() string {
	lines := strings.Split(w.b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// isBlank reports whether a customer would see nothing of a text.
func isBlank(text string) bool {
	return strings.TrimFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
	}) == ""
}
