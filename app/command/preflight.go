package command

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"perch/bridge/postlen"
)

// maxPreflight bounds a text on standard input, in bytes.
const maxPreflight = 1 << 20

func (p *program) preflightCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "preflight", Short: "Count a text on standard input as X counts a post", Args: usage(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			text, err := io.ReadAll(io.LimitReader(p.In, maxPreflight))
			if err != nil {
				return err
			}
			m := postlen.Measure(strings.TrimSuffix(string(text), "\n"))
			return json.NewEncoder(p.Out).Encode(map[string]any{
				"weighted_length": m.Weighted, "valid": m.Valid, "max": postlen.Max, "remaining": postlen.Max - m.Weighted,
			})
		},
	}
	return p.withJSON(cmd)
}
