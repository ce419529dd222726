package postgres

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// connections is how many connections there are at most, beside the one that holds the lock, where the address says
	// nothing else (pool_max_conns).
	connections = 16
	// A server or a network that has vanished is noticed after keepIdle + keepCount*keepInterval, in seconds.
	keepIdle, keepInterval, keepCount = 10, 5, 3
)

// Open opens or creates the journal at url, brings its schema up to date and takes its lock. password may be empty where the
// server wants none, or where the url or the environment has it. Where the server is on another computer and the url says nothing
// of TLS, its certificate has to be valid.
func Open(ctx context.Context, url, password string, log *slog.Logger) (*Store, error) {
	config, err := configOf(url, password)
	if err != nil {
		return nil, err
	}
	s := &Store{log: log, place: placeOf(config.ConnConfig), flight: newFlight()}
	s.holder = &holder{config: config.ConnConfig.Copy(), place: s.place}
	if err := s.open(ctx, config); err != nil {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
		defer cancel()
		s.holder.release(closing)
		return nil, openError(s.place, err)
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, config *pgxpool.Config) error {
	first, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	conn, err := s.holder.lock(first)
	if err != nil {
		return err
	}
	if err := migrate(ctx, conn); err != nil {
		return err
	}
	if err := s.holder.takeOver(ctx, conn); err != nil {
		return err
	}
	prepareSearch(ctx, conn, s.log)
	s.pool, err = pgxpool.NewWithConfig(context.WithoutCancel(ctx), config)
	return err
}

func configOf(url, password string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(withTLS(url))
	if err != nil {
		return nil, addressError(err)
	}
	if password != "" {
		config.ConnConfig.Password = password
	}
	if !strings.Contains(url, "pool_max_conns") {
		config.MaxConns = connections
	}
	config.ConnConfig.ConnectTimeout = connectTimeout
	for name, value := range map[string]string{
		"application_name": "perch", "search_path": "perch", "client_encoding": "UTF8", "standard_conforming_strings": "on",
		"statement_timeout": milliseconds(statementTimeout), "lock_timeout": milliseconds(lockTimeout),
		"idle_in_transaction_session_timeout": milliseconds(idleTimeout), "idle_session_timeout": "0",
		"tcp_keepalives_idle": strconv.Itoa(keepIdle), "tcp_keepalives_interval": strconv.Itoa(keepInterval),
		"tcp_keepalives_count": strconv.Itoa(keepCount), "default_transaction_isolation": "read committed",
	} {
		config.ConnConfig.RuntimeParams[name] = value
	}
	return config, nil
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// withTLS asks for a server that proves who it is, where the address does not say otherwise and the server is elsewhere.
func withTLS(url string) string {
	config, err := pgx.ParseConfig(url)
	if err != nil || strings.Contains(url, "sslmode") || os.Getenv("PGSSLMODE") != "" || isLocal(config.Host) {
		return url
	}
	if !strings.HasPrefix(url, "postgres://") && !strings.HasPrefix(url, "postgresql://") {
		return url + " sslmode=verify-full"
	}
	if strings.Contains(url, "?") {
		return url + "&sslmode=verify-full"
	}
	return url + "?sslmode=verify-full"
}

// isLocal reports whether what is said to a host stays on this computer.
func isLocal(host string) bool {
	if strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") || host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// placeOf names a database for people.
func placeOf(config *pgx.ConnConfig) string {
	if strings.HasPrefix(config.Host, "/") {
		return fmt.Sprintf("the database %s in %s", config.Database, config.Host)
	}
	return fmt.Sprintf("the database %s on %s", config.Database, net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port))))
}
