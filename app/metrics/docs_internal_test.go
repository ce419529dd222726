package metrics

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
)

// told are the labels of every figure that a relay tells of which there is something to tell of everything.
func told(t *testing.T) map[string][]string {
	t.Helper()
	f := whole()
	e := mustExporter(t, f)
	d, a := message()
	e.meter.all(d, a)
	_, families := ask(t, e)
	all := map[string][]string{}
	for name, family := range families {
		var labels []string
		for _, one := range family.GetMetric() {
			for _, l := range one.GetLabel() {
				labels = append(labels, l.GetName())
			}
		}
		all[name] = labels
		if family.GetType() == dto.MetricType_HISTOGRAM {
			all[name+"_bucket"], all[name+"_sum"], all[name+"_count"] = append(labels, "le"), labels, labels
		}
	}
	return all
}

// What Prometheus' own linter says of names, units and helps.
func TestFiguresPassPrometheusLinter(t *testing.T) {
	t.Parallel()
	text, _ := ask(t, mustExporter(t, whole()))
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

type dashboard struct {
	SchemaVersion int
	UID           string
	Panels        []panel
	Annotations   struct{ List []query }
	Templating    struct {
		List []struct{ Name, Type, Definition string }
	}
}

type panel struct {
	ID      int
	Title   string
	Type    string
	GridPos struct{ X, Y, W, H int }
	Targets []query
}

type query struct {
	Expr       string
	Datasource struct{ UID string }
}

var (
	// named finds the figures in a query, with what chooses among them.
	named   = regexp.MustCompile(`\b((?:perch|go|process)_[a-z_]+)(?:\{([^}]*)\})?`)
	matched = regexp.MustCompile(`([a-z_]+)\s*(?:=~|!~|!=|=)\s*"`)
	ofAll   = []string{"job", "instance"} // Prometheus adds them
)

func mustDashboard(t *testing.T) (d dashboard) {
	t.Helper()
	data, err := os.ReadFile("../../docs/grafana/perch.json")
	if err == nil {
		err = json.Unmarshal(data, &d)
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The dashboard asks for nothing that the relay does not tell, by labels that it has.
func TestTheDashboardAsksForWhatIsTold(t *testing.T) {
	t.Parallel()
	d, all := mustDashboard(t), told(t)
	var queries []string
	for _, p := range d.Panels {
		for _, q := range p.Targets {
			if q.Datasource.UID != "${datasource}" {
				t.Errorf("%s asks %q", p.Title, q.Datasource.UID)
			}
			queries = append(queries, q.Expr)
		}
	}
	for _, q := range d.Annotations.List {
		queries = append(queries, q.Expr)
	}
	for _, v := range d.Templating.List {
		queries = append(queries, v.Definition)
	}
	asked := 0
	for _, q := range queries {
		for _, m := range named.FindAllStringSubmatch(q, -1) {
			asked++
			labels, isTold := all[m[1]]
			if !isTold && !strings.HasPrefix(m[1], "process_") { // which vary between systems
				t.Errorf("no relay tells %s, which %s asks for", m[1], q)
			}
			for _, l := range matched.FindAllStringSubmatch(m[2], -1) {
				if isTold && !slices.Contains(labels, l[1]) && !slices.Contains(ofAll, l[1]) {
					t.Errorf("%s has no label %s, by which %s chooses", m[1], l[1], q)
				}
			}
		}
	}
	if asked < 40 {
		t.Errorf("it asks for %d figures: are they found?", asked)
	}
}

// Grafana takes it: its version, a variable for the data source, and panels that have a number and a place each.
func TestTheDashboardIsOneOfGrafana(t *testing.T) {
	t.Parallel()
	d := mustDashboard(t)
	if d.SchemaVersion != 42 || d.UID != "perch" || !slices.ContainsFunc(d.Templating.List, func(v struct{ Name, Type, Definition string }) bool {
		return v.Name == "datasource" && v.Type == "datasource"
	}) {
		t.Errorf("version %d, uid %q, variables %v", d.SchemaVersion, d.UID, d.Templating.List)
	}
	ids := map[int]bool{}
	for i, p := range d.Panels {
		if ids[p.ID] || p.ID == 0 || p.Title == "" || p.GridPos.W+p.GridPos.X > 24 {
			t.Errorf("panel %d: %q at %+v", p.ID, p.Title, p.GridPos)
		}
		ids[p.ID] = true
		for _, o := range d.Panels[:i] {
			if a, b := p.GridPos, o.GridPos; a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
				t.Errorf("%q lies on %q", p.Title, o.Title)
			}
		}
	}
}

var inDocs = regexp.MustCompile("`(perch_[a-z_]+)`")

// docs/monitoring.md tells of each figure, and of no other.
func TestTheDocumentationTellsOfEachFigure(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/monitoring.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "### The figures")
	documented := map[string]bool{}
	for _, m := range inDocs.FindAllStringSubmatch(table, -1) {
		documented[m[1]] = true
	}
	all := told(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		base := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, "_bucket"), "_sum"), "_count")
		if strings.HasPrefix(name, "perch_") && !documented[base] {
			t.Errorf("%s is told and not documented", name)
		}
	}
	for name := range documented {
		if _, isTold := all[name]; !isTold {
			t.Errorf("%s is documented, and no relay tells it", name)
		}
	}
}
