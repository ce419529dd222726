package cost

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Money is an amount in millionths of a US dollar, so that sums are exact.
type Money int64

const (
	micros = 6
	// Dollar is one US dollar.
	Dollar Money = 1_000_000
)

// errNoMoney is about a text that is no amount.
var errNoMoney = errors.New("it is not an amount in US dollars, such as 25.00 or 0.015")

// ParseMoney reads an amount such as "25", "25.00" or "0.015": digits, and up to six of them behind a point. "" is 0.
func ParseMoney(text string) (Money, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, nil
	}
	whole, part, hasPart := strings.Cut(text, ".")
	if !isDigits(whole) || (hasPart && !isDigits(part)) || len(part) > micros || len(whole) > micros+1 {
		return 0, errNoMoney
	}
	n, err := strconv.ParseInt(whole+part+strings.Repeat("0", micros-len(part)), 10, 64)
	if err != nil {
		return 0, errNoMoney
	}
	return Money(n), nil
}

func isDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// String writes the amount exactly, with two digits behind the point at least: "25.00", "0.015".
func (m Money) String() string {
	sign, n := "", int64(m)
	if n < 0 {
		sign, n = "-", -n
	}
	part := strings.TrimRight(fmt.Sprintf("%06d", n%int64(Dollar)), "0")
	for len(part) < 2 {
		part += "0"
	}
	return fmt.Sprintf("%s%d.%s", sign, n/int64(Dollar), part)
}

// Cents writes the amount rounded to cents, as people read sums: "25.00".
func (m Money) Cents() string {
	const cent = int64(Dollar) / 100
	n := int64(m)
	if n < 0 {
		return "-" + (-m).Cents()
	}
	n = (n + cent/2) / cent
	return fmt.Sprintf("%d.%02d", n/100, n%100)
}

// MarshalJSON writes a number, exactly.
func (m Money) MarshalJSON() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalJSON reads what MarshalJSON has written.
func (m *Money) UnmarshalJSON(data []byte) error {
	text, isNegative := strings.CutPrefix(string(data), "-")
	n, err := ParseMoney(text)
	if isNegative {
		n = -n
	}
	*m = n
	return err
}
