package said_test

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// harvest collects the patterns of every text that can get into a sentence for people, by going back from the fields that
// hold such sentences to the literals that they are made of.
type harvest struct {
	*flow
	patterns map[string][]string // pattern → where it is made
	blind    map[string][]string // what could not be followed → where
	seen     map[any]bool
}

// verb is one of fmt.
var verb = regexp.MustCompile(`%(?:\[\d\])?[-+# 0]*[0-9*]*(?:\.[0-9*]*)?[a-zA-Z%]`)

// slot follows everything that a field or a variable is given.
func (h *harvest) slot(object types.Object) {
	if h.seen[object] {
		return
	}
	h.seen[object] = true
	for _, v := range h.given[object] {
		h.follow(v)
	}
	if at, ok := h.owner[object]; ok {
		h.arguments(at)
	}
}

// arguments follows what a function is called with at a place.
func (h *harvest) arguments(at place) {
	for object, body := range h.bodies {
		if body != at.of {
			continue
		}
		h.argumentsOf(object, at.at)
		if method, ok := object.(*types.Func); ok && method.Signature().Recv() != nil {
			for called := range h.calls { // by an interface
				if f, ok := called.(*types.Func); ok && f.Name() == object.Name() && isAbstract(f) {
					h.argumentsOf(called, at.at)
				}
			}
		}
	}
	for object, values := range h.given { // a function in a variable
		for _, v := range values {
			if lit, ok := v.expr.(*ast.FuncLit); ok && lit.Type == at.of {
				h.argumentsOf(object, at.at)
			}
		}
	}
}

func isAbstract(f *types.Func) bool {
	recv := f.Signature().Recv()
	return recv != nil && types.IsInterface(recv.Type())
}

func (h *harvest) argumentsOf(object types.Object, at int) {
	for _, call := range h.calls[object] {
		f, isFunc := object.(*types.Func)
		if isFunc && f.Signature().Variadic() && at == f.Signature().Params().Len()-1 {
			for _, arg := range call.Args[min(at, len(call.Args)):] {
				h.follow(value{arg, 0})
			}
			continue
		}
		switch {
		case at < len(call.Args):
			h.follow(value{call.Args[at], 0})
		case len(call.Args) == 1:
			h.follow(value{call.Args[0], at}) // f(g()), with g of several results
		}
	}
}

// follow notes what an expression says, and goes on to what it is made of.
func (h *harvest) follow(v value) {
	if h.seen[v] {
		return
	}
	h.seen[v] = true
	if text, ok := h.constant(v.expr); ok {
		h.note(h.format(text, nil), v.expr) // it may be a format that a helper is given
		return
	}
	switch e := v.expr.(type) {
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			h.note(h.joined(e), e)
		}
	case *ast.CompositeLit:
		if _, ok := structOf(h.info.Types[e].Type); !ok { // the fields of a struct are followed one by one
			h.elements(e)
		}
	case *ast.CallExpr:
		h.call(e, v.result)
	case *ast.Ident, *ast.SelectorExpr:
		if object := h.object(e); object != nil {
			h.slot(object)
		} else if field, ok := e.(*ast.SelectorExpr); ok {
			h.anyOf(field)
		}
	default:
		if inner := inside(e); inner != nil {
			h.follow(value{inner, v.result})
		}
	}
}

// anyOf follows all fields with a name, where it is not known whose it is: the result of another project's function has it.
func (h *harvest) anyOf(field *ast.SelectorExpr) {
	if name, ok := field.X.(*ast.Ident); ok {
		if _, isPackage := h.info.Uses[name].(*types.PkgName); isPackage {
			return
		}
	}
	for object := range h.given {
		if v, ok := object.(*types.Var); ok && v.IsField() && v.Name() == field.Sel.Name {
			h.slot(v)
		}
	}
}

// inside is what an expression is about: the variable of a pointer, the table of an element.
func inside(e ast.Expr) ast.Expr {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return e.X
	case *ast.StarExpr:
		return e.X
	case *ast.UnaryExpr:
		return e.X
	case *ast.IndexExpr:
		return e.X
	case *ast.SliceExpr:
		return e.X
	case *ast.TypeAssertExpr:
		return e.X
	}
	return nil
}

// joined is the pattern of texts that are put together.
func (h *harvest) joined(e ast.Expr) string {
	if text, ok := h.constant(e); ok {
		return text
	}
	switch e := e.(type) {
	case *ast.BinaryExpr:
		return h.joined(e.X) + h.joined(e.Y)
	case *ast.ParenExpr:
		return h.joined(e.X)
	case *ast.CallExpr:
		if format, args, ok := h.sprintf(e); ok {
			return h.format(format, args)
		}
	}
	h.follow(value{e, 0})
	return "{}"
}

// format is the pattern of a format of fmt; its arguments are followed.
func (h *harvest) format(format string, args []ast.Expr) string {
	i := 0
	return verb.ReplaceAllStringFunc(format, func(verb string) string {
		if strings.HasSuffix(verb, "%") {
			return "%"
		}
		if i < len(args) && strings.Contains("svw", verb[len(verb)-1:]) {
			h.printed(args[i : i+1])
		}
		i++
		if strings.HasSuffix(verb, "q") {
			return `"{}"`
		}
		return "{}"
	})
}

// printed follows what fmt prints: a text, or what a thing says of itself.
func (h *harvest) printed(args []ast.Expr) {
	for _, arg := range args {
		h.follow(value{arg, 0})
		if t := h.info.Types[arg].Type; t != nil {
			if method, _, _ := types.LookupFieldOrMethod(t, true, nil, "String"); method != nil {
				h.resultOf(method, 0, arg)
			}
		}
	}
}

// sprintf takes a call of fmt.Sprintf or fmt.Errorf with a constant format apart.
func (h *harvest) sprintf(call *ast.CallExpr) (format string, args []ast.Expr, ok bool) {
	name := h.outside(call.Fun)
	if (name != "fmt.Sprintf" && name != "fmt.Errorf") || len(call.Args) == 0 {
		return "", nil, false
	}
	format, ok = h.constant(call.Args[0])
	return format, call.Args[1:], ok
}

func (h *harvest) elements(e *ast.CompositeLit) {
	for _, element := range e.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			element = pair.Value
		}
		h.follow(value{element, 0})
	}
}

// constant returns the text of a constant.
func (h *harvest) constant(e ast.Expr) (string, bool) {
	if known := h.info.Types[e]; known.Value != nil && known.Value.Kind() == constant.String {
		return constant.StringVal(known.Value), true
	}
	if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING { // where the type checker did not get to
		text, err := strconv.Unquote(lit.Value)
		return text, err == nil
	}
	return "", false
}

// outside names a function of another project's package or of the language; "" for one of this project.
func (h *harvest) outside(fun ast.Expr) string {
	switch e := fun.(type) {
	case *ast.Ident:
		if object := h.info.Uses[e]; object != nil && object.Pkg() == nil {
			return e.Name
		}
	case *ast.SelectorExpr:
		if name, ok := e.X.(*ast.Ident); ok {
			if used, ok := h.info.Uses[name].(*types.PkgName); ok && !strings.HasPrefix(used.Imported().Path(), module+"/") {
				return name.Name + "." + e.Sel.Name
			}
		}
	}
	return ""
}

func (h *harvest) note(pattern string, at ast.Node) {
	h.patterns[pattern] = append(h.patterns[pattern], h.where(at))
}

func (h *harvest) cannot(why string, at ast.Node) { h.blind[why] = append(h.blind[why], h.where(at)) }

func (h *harvest) where(at ast.Node) string {
	position := h.files.Position(at.Pos())
	name, _ := filepath.Rel(root, position.Filename)
	return filepath.ToSlash(name) + ":" + strconv.Itoa(position.Line)
}
