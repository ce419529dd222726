package said_test

import (
	"go/ast"
	"go/types"
	"slices"
)

// value is an expression whose text gets somewhere; result is which of a call's results it is.
type value struct {
	expr   ast.Expr
	result int
}

// flow is what gets where in a program: the values that each field, variable and parameter is given, and those that each
// function returns.
type flow struct {
	*program
	given   map[types.Object][]value // fields, variables
	calls   map[types.Object][]*ast.CallExpr
	bodies  map[types.Object]*ast.FuncType // of functions, by their object
	returns map[*ast.FuncType][]*ast.ReturnStmt
	owner   map[types.Object]place // parameters
	methods map[string][]types.Object
}

// place is a parameter's: the function that has it, and at which place.
type place struct {
	of *ast.FuncType
	at int
}

func newFlow(p *program) *flow {
	f := &flow{
		program: p, given: map[types.Object][]value{}, calls: map[types.Object][]*ast.CallExpr{}, bodies: map[types.Object]*ast.FuncType{},
		returns: map[*ast.FuncType][]*ast.ReturnStmt{}, owner: map[types.Object]place{}, methods: map[string][]types.Object{},
	}
	for _, asts := range p.asts {
		for _, file := range asts {
			f.file(file)
		}
	}
	return f
}

// file notes what gets where in one file.
func (f *flow) file(file *ast.File) {
	var inside []*ast.FuncType
	var stack []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil {
			switch stack[len(stack)-1].(type) {
			case *ast.FuncDecl, *ast.FuncLit:
				inside = inside[:len(inside)-1]
			}
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		switch n := n.(type) {
		case *ast.FuncDecl:
			inside = append(inside, n.Type)
			f.function(f.info.Defs[n.Name], n)
		case *ast.FuncLit:
			inside = append(inside, n.Type)
			f.parameters(n.Type)
		case *ast.ReturnStmt:
			in := inside[len(inside)-1]
			f.returns[in] = append(f.returns[in], n)
		default:
			f.node(n)
		}
		return true
	})
}

func (f *flow) function(object types.Object, n *ast.FuncDecl) {
	if object != nil {
		f.bodies[object] = n.Type
		if n.Recv != nil {
			f.methods[object.Name()] = append(f.methods[object.Name()], object)
		}
	}
	f.parameters(n.Type)
}

func (f *flow) parameters(of *ast.FuncType) {
	at := 0
	for _, field := range of.Params.List {
		for _, name := range field.Names {
			if object := f.info.Defs[name]; object != nil {
				f.owner[object] = place{of, at}
			}
			at++
		}
		if len(field.Names) == 0 {
			at++
		}
	}
}

func (f *flow) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		f.assign(n.Lhs, n.Rhs)
	case *ast.ValueSpec:
		names := make([]ast.Expr, len(n.Names))
		for i, name := range n.Names {
			names[i] = name
		}
		f.assign(names, n.Values)
	case *ast.RangeStmt:
		if n.Value != nil {
			f.give(n.Value, value{n.X, 0})
		}
	case *ast.CompositeLit:
		f.composite(n)
	case *ast.CallExpr:
		f.call(n)
	case *ast.SendStmt:
		f.give(n.Chan, value{n.Value, 0})
	}
}

// takers are the methods by which something atomic or a builder is given a value.
var takers = []string{"Store", "Swap", "WriteString"}

// call notes a call, and what is given a value by it.
func (f *flow) call(n *ast.CallExpr) {
	if object := f.object(n.Fun); object != nil {
		f.calls[object] = append(f.calls[object], n)
	}
	method, ok := n.Fun.(*ast.SelectorExpr)
	switch {
	case !ok || len(n.Args) == 0:
	case slices.Contains(takers, method.Sel.Name) && len(n.Args) == 1:
		f.give(method.X, value{n.Args[0], 0})
	case method.Sel.Name == "Fprintf":
		if to, ok := n.Args[0].(*ast.UnaryExpr); ok {
			f.give(to.X, value{n, 0})
		}
	}
}

func (f *flow) assign(to, from []ast.Expr) {
	for i, target := range to {
		switch {
		case len(from) == len(to):
			f.give(target, value{from[i], 0})
		case len(from) == 1:
			f.give(target, value{from[0], i})
		}
	}
}

// give notes that a variable, a field or an element of one is given a value.
func (f *flow) give(target ast.Expr, v value) {
	for {
		index, ok := target.(*ast.IndexExpr)
		if !ok {
			break
		}
		target = index.X
	}
	if object := f.object(target); object != nil {
		f.given[object] = append(f.given[object], v)
	}
}

// composite notes what the fields of a struct are given.
func (f *flow) composite(n *ast.CompositeLit) {
	for i, element := range n.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if name, ok := pair.Key.(*ast.Ident); ok {
				if field, ok := f.info.Uses[name].(*types.Var); ok && field.IsField() {
					f.given[field] = append(f.given[field], value{pair.Value, 0})
				}
			}
			continue
		}
		if fields, ok := structOf(f.info.Types[n].Type); ok && i < fields.NumFields() {
			f.given[fields.Field(i)] = append(f.given[fields.Field(i)], value{element, 0})
		}
	}
}

func structOf(t types.Type) (*types.Struct, bool) {
	if t == nil {
		return nil, false
	}
	if pointer, ok := t.Underlying().(*types.Pointer); ok {
		t = pointer.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	return s, ok
}

// object returns the variable, field or function that an expression names; nil for none of the project.
func (f *flow) object(e ast.Expr) types.Object {
	switch e := e.(type) {
	case *ast.Ident:
		if object := f.info.Defs[e]; object != nil {
			return origin(object)
		}
		if object := f.info.Uses[e]; object != nil {
			return origin(object)
		}
	case *ast.SelectorExpr:
		if selection := f.info.Selections[e]; selection != nil {
			return origin(selection.Obj())
		}
		return f.object(e.Sel)
	case *ast.IndexExpr: // a generic function with its types, or an element
		return f.object(e.X)
	case *ast.ParenExpr:
		return f.object(e.X)
	case *ast.StarExpr:
		return f.object(e.X)
	}
	return nil
}

// origin returns the generic thing that an object is an instance of.
func origin(object types.Object) types.Object {
	switch object := object.(type) {
	case *types.Func:
		return object.Origin()
	case *types.Var:
		return object.Origin()
	}
	return object
}
