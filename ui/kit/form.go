package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// inputWidth is that of the column of inputs of a form.
const inputWidth = 400

// FormRow is a name with its help at the left and an input with what is wrong with it at the right.
func FormRow(name, help string, input fyne.CanvasObject, problem *Paragraph) fyne.CanvasObject {
	title := NewParagraph(name, TextBody, Ink)
	title.Bold = true
	texts := VStack(1, title)
	if help != "" {
		texts.Add(NewParagraph(help, TextSmall, Muted))
	}
	column := VStack(3, input)
	if problem != nil {
		column.Add(problem)
	}
	return TwoColumns(texts, column)
}

// TwoColumns puts words at the left and what belongs to them at the right.
func TwoColumns(texts, column fyne.CanvasObject) fyne.CanvasObject {
	return container.New(formLayout{}, texts, column)
}

// formLayout gives the inputs a fixed width and the words what is left.
type formLayout struct{}

// Layout implements fyne.Layout.
func (formLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	right := min(float32(inputWidth), size.Width*0.52)
	o[0].Resize(fyne.NewSize(size.Width-right-24, size.Height))
	o[1].Move(fyne.NewPos(size.Width-right, 0))
	o[1].Resize(fyne.NewSize(right, size.Height))
}

// MinSize implements fyne.Layout.
func (formLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(a.Width+b.Width+24, max(a.Height, b.Height))
}

// NewProblem is a place for what is wrong with an input.
func NewProblem() *Paragraph {
	p := NewParagraph("", TextTiny, Bad)
	p.Hide()
	return p
}

// ShowProblem shows a text at its place; "" hides the place.
func ShowProblem(p *Paragraph, text string) {
	p.Set(text, Bad)
	Pick(text == "", p.Hide, p.Show)()
}
