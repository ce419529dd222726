package said_test

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// firsts are the functions of other packages that hand on their first argument, and alls those that hand on any.
var (
	firsts = map[string]bool{
		"strings.TrimSuffix": true, "strings.TrimPrefix": true, "strings.TrimSpace": true, "strings.TrimRight": true, "strings.Trim": true,
		"strings.ToUpper": true, "strings.ToLower": true, "strings.Join": true, "strings.Fields": true, "strings.ReplaceAll": true,
		"errors.New": true, "strings.Split": true, "strings.TrimLeft": true, "strings.Cut": true, "strings.CutPrefix": true,
		"strings.CutSuffix": true, "strings.Replace": true, "strings.SplitN": true, "strings.ToValidUTF8": true, "strings.Repeat": true,
	}
	alls = map[string]bool{"cmp.Or": true, "append": true, "errors.Join": true, "slices.Concat": true}
	// passes are the project's own packages whose functions do.
	passes = map[string]bool{"perch/bridge/visible": true, "perch/bridge/loose": true}
)

func (h *harvest) call(call *ast.CallExpr, result int) {
	if format, args, ok := h.sprintf(call); ok {
		h.note(h.format(format, args), call)
		return
	}
	name := h.outside(call.Fun)
	switch {
	case h.info.Types[call.Fun].IsType() && len(call.Args) == 1: // a conversion
		h.follow(value{call.Args[0], 0})
	case name == "fmt.Fprintf" && len(call.Args) > 1:
		text, _ := h.constant(call.Args[1])
		h.note(h.format(text, call.Args[2:]), call)
	case (name == "fmt.Sprintf" || name == "fmt.Errorf") && len(call.Args) > 0:
		h.follow(value{call.Args[0], 0})
		h.printed(call.Args[1:])
	case firsts[name] && len(call.Args) > 0:
		h.follow(value{call.Args[0], 0})
	case alls[name]:
		h.printed(call.Args)
	case name == "":
		h.result(call, result)
	}
}

// tells are the methods by which a thing tells what it was made of or given: an error, something atomic, a builder.
var tells = []string{"Error", "Load", "String"}

// result follows what a function of the project returns.
func (h *harvest) result(call *ast.CallExpr, result int) {
	switch fun := call.Fun.(type) {
	case *ast.FuncLit:
		h.returned(fun.Type, result)
		return
	case *ast.SelectorExpr: // what an error was made of, or something atomic was given
		if slices.Contains(tells, fun.Sel.Name) && len(call.Args) == 0 {
			h.follow(value{fun.X, 0})
			if fun.Sel.Name != "String" {
				return
			}
		}
	}
	object := h.object(call.Fun)
	switch {
	case object == nil: // another project's
		if method, ok := call.Fun.(*ast.SelectorExpr); ok && strings.HasPrefix(method.Sel.Name, "Replace") {
			h.printed(call.Args)
		}
	case object.Pkg() != nil && passes[object.Pkg().Path()]:
		h.printed(call.Args)
	default:
		h.resultOf(object, result, call)
	}
}

type resultKey struct {
	object types.Object
	result int
}

func (h *harvest) resultOf(object types.Object, result int, call ast.Expr) {
	if h.seen[resultKey{object, result}] {
		return
	}
	h.seen[resultKey{object, result}] = true
	if body, ok := h.bodies[object]; ok {
		h.returned(body, result)
		return
	}
	if f, ok := object.(*types.Func); ok && isAbstract(f) {
		for _, method := range h.methods[f.Name()] {
			h.resultOf(method, result, call)
		}
		return
	}
	if _, ok := object.(*types.Var); ok {
		h.held(object, result, call)
		return
	}
	h.cannot("calls "+object.Name(), call)
}

// held follows what the functions return that a variable or a field holds.
func (h *harvest) held(object types.Object, result int, call ast.Expr) {
	values := h.given[object]
	if at, ok := h.owner[object]; ok {
		for of, body := range h.bodies {
			if body != at.of {
				continue
			}
			for _, call := range h.calls[of] {
				if at.at < len(call.Args) {
					values = append(values, value{call.Args[at.at], 0})
				}
			}
		}
	}
	for _, v := range values {
		switch e := v.expr.(type) {
		case *ast.FuncLit:
			h.returned(e.Type, result)
		case *ast.Ident, *ast.SelectorExpr:
			if held := h.object(e); held != nil {
				h.resultOf(held, result, call)
			}
		}
	}
	if len(values) == 0 {
		h.cannot("calls what "+object.Name()+" holds", call)
	}
}

func (h *harvest) returned(body *ast.FuncType, result int) {
	names := h.named(body)
	for _, statement := range h.returns[body] {
		switch {
		case len(statement.Results) == 0 && result < len(names):
			h.slot(h.info.Defs[names[result]])
		case len(statement.Results) == 1:
			h.follow(value{statement.Results[0], result})
		case result < len(statement.Results):
			h.follow(value{statement.Results[result], 0})
		}
	}
}

func (h *harvest) named(body *ast.FuncType) []*ast.Ident {
	if body.Results == nil {
		return nil
	}
	var names []*ast.Ident
	for _, field := range body.Results.List {
		names = append(names, field.Names...)
	}
	return names
}
