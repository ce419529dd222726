package reach

import (
	"strconv"
	"strings"
	"time"
)

// firstSnowflake is greater than any number that X gave before it made them of the time.
const firstSnowflake = 1 << 45

// idTime is the time in an id; zero when there is none in it.
func idTime(id string) time.Time {
	n, err := strconv.ParseUint(id, 10, 63)
	if err != nil || n < firstSnowflake {
		return time.Time{}
	}
	return snowflakeTime(n)
}

// snowflakeTime is when X made an id (X docs: twitter IDs): milliseconds since X's epoch above 22 bits.
func snowflakeTime(id uint64) time.Time {
	const epoch, bits = 1288834974657, 22
	return time.UnixMilli(int64(id>>bits) + epoch)
}

// isNewer compares ids by their number: X's grow with time.
func isNewer(a, b string) bool {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) != len(b) {
		return len(a) > len(b)
	}
	return a > b
}

func newest(a, b string) string {
	if b != "" && isNewer(b, a) {
		return b
	}
	return a
}
