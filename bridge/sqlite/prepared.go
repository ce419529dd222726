package sqlite

import (
	"context"
	"database/sql"
	"sync"
)

// prepared are statements for reading that are asked again and again: to read their text costs more than what they find. The
// zero value is ready; it is safe for concurrent use.
type prepared struct {
	mu    sync.Mutex
	stmts map[string]*sql.Stmt
}

// one asks for a row by a text that is a constant.
func (s *reading) one(ctx context.Context, query string, args ...any) rowScanner {
	stmt, err := s.prepared.get(ctx, s.reader, query) //nolint:sqlclosecheck // it lives as long as the journal is open
	if err != nil {
		return failedRow{err}
	}
	return stmt.QueryRowContext(ctx, args...)
}

// get returns a statement that lives as long as the database is open.
func (p *prepared) get(ctx context.Context, db *sql.DB, query string) (*sql.Stmt, error) {
	p.mu.Lock()
	stmt, ok := p.stmts[query]
	p.mu.Unlock()
	if ok {
		return stmt, nil
	}
	stmt, err := db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if first, ok := p.stmts[query]; ok { // somebody else was quicker
		_ = stmt.Close() //nolint:sqlclosecheck // where it is not the one that is kept
		return first, nil
	}
	if p.stmts == nil {
		p.stmts = map[string]*sql.Stmt{}
	}
	p.stmts[query] = stmt
	return stmt, nil
}

func (p *prepared) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, stmt := range p.stmts {
		_ = stmt.Close() // only read
	}
	p.stmts = nil
}
