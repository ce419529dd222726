package sqlite

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
)

var errScan = errors.New("a column is of another type than what it is read into")

// Scan reads the columns of the row into what the pointers point to: texts, numbers, truth values, bytes, types made of
// those, and a sql.Scanner.
func (r *rows) Scan(dest ...any) error {
	if len(dest) != len(r.values) {
		return fmt.Errorf("%w: %d columns into %d", errScan, len(r.values), len(dest))
	}
	for i, v := range r.values {
		if err := assign(dest[i], v); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}

func assign(dest any, v driver.Value) error {
	switch d := dest.(type) {
	case *string:
		if s, ok := v.(string); ok {
			*d = s
			return nil
		}
	case *int64:
		if n, ok := v.(int64); ok {
			*d = n
			return nil
		}
	case *[]byte:
		if b, ok := v.([]byte); ok || v == nil {
			*d = b
			return nil
		}
	case sql.Scanner:
		return d.Scan(v)
	default:
		return assignByKind(reflect.ValueOf(dest), v)
	}
	return fmt.Errorf("%w: %T into %T", errScan, v, dest)
}

func assignByKind(dest reflect.Value, v driver.Value) error {
	if dest.Kind() != reflect.Pointer {
		return fmt.Errorf("%w: not a pointer", errScan)
	}
	to := dest.Elem()
	switch x := v.(type) {
	case string:
		if to.Kind() == reflect.String {
			to.SetString(x)
			return nil
		}
	case int64:
		switch {
		case to.CanInt():
			to.SetInt(x)
			return nil
		case to.Kind() == reflect.Bool:
			to.SetBool(x != 0)
			return nil
		}
	}
	return fmt.Errorf("%w: %T into %s", errScan, v, to.Type())
}
