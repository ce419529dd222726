package said_test

import (
	"errors"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// root is the project's folder, and module its import path.
const (
	root   = "../../.."
	module = "perch"
)

// program is the source of app, bridge and the package ui for one system, parsed and typed. What comes from outside of the project is not
// loaded: its types are unknown, which sentences do not depend on.
type program struct {
	files *token.FileSet
	asts  map[string][]*ast.File // by import path
	info  types.Info
	made  map[string]*types.Package
}

// errOutside is what the type checker is told of packages that are not the project's.
var errOutside = errors.New("not loaded")

// mustLoad loads the source as system ("linux", "windows", "darwin") compiles it, without tests and simulators.
func mustLoad(t *testing.T, system string) *program {
	t.Helper()
	p := &program{files: token.NewFileSet(), asts: map[string][]*ast.File{}, made: map[string]*types.Package{}, info: types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}}
	context := build.Default
	context.GOOS, context.CgoEnabled = system, false
	for _, folder := range []string{"app", "bridge", "ui"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(name string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && slices.Contains([]string{"testdata", "sim", "journaltest", "demo", "e2e"}, entry.Name()),
				entry.IsDir() && filepath.Base(filepath.Dir(name)) == "ui": // the views have keys for what they say
				return filepath.SkipDir
			case entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
				return nil
			}
			return p.parse(&context, name)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for imported := range p.asts {
		if _, err := p.Import(imported); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// parse takes in one file, where the system takes it.
func (p *program) parse(context *build.Context, name string) error {
	if ok, err := context.MatchFile(filepath.Dir(name), filepath.Base(name)); err != nil || !ok {
		return err
	}
	file, err := parser.ParseFile(p.files, name, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	inside, err := filepath.Rel(root, filepath.Dir(name))
	imported := path.Join(module, filepath.ToSlash(inside))
	p.asts[imported] = append(p.asts[imported], file)
	return err
}

// Import implements types.Importer for the type checker.
func (p *program) Import(imported string) (*types.Package, error) {
	if made := p.made[imported]; made != nil {
		return made, nil
	}
	if p.asts[imported] == nil {
		return nil, errOutside
	}
	check := types.Config{Importer: p, Error: func(error) {}} // what comes from outside is unknown, so there are errors
	made, _ := check.Check(imported, p.files, p.asts[imported], &p.info)
	p.made[imported] = made
	return made, nil
}
