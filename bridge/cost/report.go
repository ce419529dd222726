package cost

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"perch/bridge"
)

// monthForm is how people write a month.
const monthForm = "2006-01"

// Month is a month of UTC, by its beginning.
type Month struct{ start time.Time }

// MonthOf is the month in which a time lies.
func MonthOf(t time.Time) Month {
	t = t.UTC()
	return Month{time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)}
}

// ParseMonth reads "2026-11".
func ParseMonth(text string) (Month, error) {
	t, err := time.Parse(monthForm, text)
	if err != nil {
		return Month{}, &bridge.Error{
			Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "show costs", Message: fmt.Sprintf("%q is not a month", text),
			Remedy: "write year and month, such as 2026-11",
		}
	}
	return MonthOf(t), nil
}

func (m Month) String() string { return m.start.Format(monthForm) }

// End is when the next month begins.
func (m Month) End() time.Time { return m.start.AddDate(0, 1, 0) }

// Days are the first and the last day of the month, as bills have them.
func (m Month) Days() (first, last int64) {
	return bridge.BillDay(m.start), bridge.BillDay(m.End()) - 1
}

// Line is a sum of bills. What it is not about is empty.
type Line struct {
	// Day is the beginning of the day.
	Day     time.Time
	Channel string
	Kind    bridge.BilledKind
	Count   int
	// Price is that of one, for a line of one kind.
	Price, Sum Money
}

// The ways to group bills.
const (
	ByDay     = "day"
	ByChannel = "channel"
	ByKind    = "kind"
)

// Groups lists them, in the order in which people choose.
func Groups() []string { return []string{ByKind, ByDay, ByChannel} }

// Lines sums bills up by one of Groups; ByKind in the order of the price list, the others in their own order.
func Lines(bills []bridge.Bill, prices Prices, by string) []Line {
	var lines []Line
	for _, b := range bills {
		line := Line{Kind: b.Kind, Price: prices[b.Kind]}
		switch by {
		case ByDay:
			line = Line{Day: b.Date()}
		case ByChannel:
			line = Line{Channel: b.Channel}
		}
		at := slices.IndexFunc(lines, func(l Line) bool { return l.Day.Equal(line.Day) && l.Channel == line.Channel && l.Kind == line.Kind })
		if at < 0 {
			at, lines = len(lines), append(lines, line)
		}
		lines[at].Count += b.N
		lines[at].Sum += prices[b.Kind] * Money(b.N)
	}
	kinds := bridge.BilledKinds()
	slices.SortStableFunc(lines, func(a, b Line) int {
		return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.Channel, b.Channel), cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)))
	})
	return lines
}

// Sum is what bills come to.
func Sum(bills []bridge.Bill, prices Prices) (sum Money) {
	for _, b := range bills {
		sum += prices[b.Kind] * Money(b.N)
	}
	return sum
}

// leastSample is the time from which on what a month has cost says something about the rest of it.
const leastSample = 24 * time.Hour

// Projected is what the month will have cost at its end if it goes on as it has since the first day on which something was
// counted; 0 where that cannot be said: for a month that is over, and before a whole day was counted.
func Projected(bills []bridge.Bill, prices Prices, month Month, now time.Time) Money {
	if len(bills) == 0 || !now.Before(month.End()) {
		return 0
	}
	first := slices.MinFunc(bills, func(a, b bridge.Bill) int { return cmp.Compare(a.Day, b.Day) }).Date()
	counted, whole := now.Sub(first), month.End().Sub(first)
	if counted < leastSample {
		return 0
	}
	return Sum(bills, prices) * Money(whole/time.Minute) / Money(counted/time.Minute)
}
