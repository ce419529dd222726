package backup

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"perch/bridge"
	"perch/bridge/sqlite"
)

const (
	// maxManifest and maxSmall bound the manifest, and each member but the journal, in bytes.
	maxManifest = 1 << 20
	maxSmall    = 1 << 20
	// maxJournal is more than any journal has, in bytes; what the disk takes is checked beside it.
	maxJournal = 1 << 40
)

// members are the names of what may be in a backup, in their order.
var members = []string{memberConfig, memberVault, memberSecrets, memberJournal}

var errOdd = errors.New("it holds what no backup of Perch holds")

// List reads the backup at path whole, changes nothing, and says what is in it.
func List(ctx context.Context, path string) (Manifest, error) {
	r, err := open(path)
	if err != nil {
		return Manifest{}, err
	}
	defer r.close()
	return r.manifest, r.rest(ctx, "")
}

// reader reads a backup, the manifest first.
type reader struct {
	path     string
	file     *os.File
	zip      *gzip.Reader
	tar      *tar.Reader
	manifest Manifest
}

// open reads the manifest of the backup at path.
func open(path string) (*reader, error) {
	f, err := os.Open(path) //nolint:gosec // a person has named it
	if err != nil {
		return nil, placeError(opRead, path, err)
	}
	r := &reader{path: path, file: f}
	if err := r.begin(); err != nil {
		r.close()
		return nil, r.explain(err)
	}
	return r, nil
}

func (r *reader) close() { _ = r.file.Close() } // only read

func (r *reader) begin() (err error) {
	info, err := r.file.Stat()
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return refused(opRead, r.path+" is no file", "name the file of a backup", nil)
	case info.Size() == 0:
		return refused(opRead, r.path+" is empty", "take another backup: this one was never finished", nil)
	}
	if r.zip, err = gzip.NewReader(r.file); err != nil {
		return err
	}
	r.tar = tar.NewReader(r.zip)
	text, err := r.readManifest()
	if err != nil {
		return err
	}
	// What a newer Perch has written may look otherwise: its number comes first.
	var form struct {
		Kind, Program string
		Format        int
	}
	if json.Unmarshal(text, &form) != nil || form.Kind != kindOfFile || form.Format < 1 {
		return errOdd
	}
	if form.Format > Format {
		return newerError(r.path, form.Program)
	}
	if json.Unmarshal(text, &r.manifest) != nil {
		return errOdd
	}
	return check(&r.manifest)
}

func (r *reader) readManifest() ([]byte, error) {
	header, err := r.tar.Next()
	if err != nil {
		return nil, err
	}
	if header.Name != memberManifest || header.Typeflag != tar.TypeReg || header.Size > maxManifest {
		return nil, errOdd
	}
	return io.ReadAll(io.LimitReader(r.tar, maxManifest))
}

// check refuses a manifest that names anything but the members in their order, with sizes that can be.
func check(m *Manifest) error {
	last := -1
	for _, one := range m.Members {
		at, most := slices.Index(members, one.Name), int64(maxSmall)
		if one.Name == memberJournal {
			most = maxJournal
		}
		if at <= last || one.Size < 0 || one.Size > most || len(one.SHA256) != 2*sha256.Size {
			return errOdd
		}
		last = at
	}
	if !m.Has(memberJournal) {
		return errOdd
	}
	return nil
}

// size is how much room the members take, in bytes.
func sizeOfAll(m *Manifest) (n int64) {
	for _, one := range m.Members {
		n += one.Size
	}
	return n
}

// rest reads the members and compares them with the manifest. They go into folder; "" for nowhere.
func (r *reader) rest(ctx context.Context, folder string) error {
	for _, one := range r.manifest.Members {
		header, err := r.tar.Next()
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err == nil && (header.Name != one.Name || header.Typeflag != tar.TypeReg || header.Size != one.Size) {
			err = errOdd
		}
		if err == nil {
			err = r.member(ctx, one, folder)
		}
		if err != nil {
			return r.explain(err)
		}
	}
	return r.explain(r.end())
}

// end makes sure that nothing follows, and that the sum over all is right.
func (r *reader) end() error {
	switch _, err := r.tar.Next(); {
	case err == nil:
		return errOdd
	case !errors.Is(err, io.EOF):
		return err
	}
	n, err := io.Copy(io.Discard, io.LimitReader(r.zip, maxManifest))
	if err == nil && n == maxManifest {
		err = errOdd
	}
	return err
}

func (r *reader) member(ctx context.Context, m Member, folder string) (err error) {
	sum := sha256.New()
	to := io.Writer(sum)
	if folder != "" {
		f, err := os.OpenFile(filepath.Join(folder, m.Name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // one of four names
		if err != nil {
			return placeError(opRead, folder, err)
		}
		defer func() { err = errors.Join(err, f.Sync(), f.Close()) }()
		to = io.MultiWriter(sum, failing{f, folder})
	}
	if _, err := io.Copy(to, cancellable{ctx, r.tar}); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != m.SHA256 {
		return fmt.Errorf("%s is not as it was written: %w", m.Name, gzip.ErrChecksum)
	}
	return nil
}

// failing tells that writing failed from that reading did.
type failing struct {
	*os.File
	folder string
}

func (f failing) Write(p []byte) (int, error) {
	n, err := f.File.Write(p)
	if err != nil {
		err = placeError(opRead, f.folder, err)
	}
	return n, err
}

// explain puts into words why a backup cannot be used; nil stays nil.
func (r *reader) explain(err error) error {
	const another = "take another backup; this one cannot be used, and nothing was changed"
	var path *os.PathError
	var known *bridge.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case errors.As(err, &path), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return placeError(opRead, r.path, err)
	case r.tar == nil && errors.Is(err, gzip.ErrHeader), errors.Is(err, errOdd):
		return refused(opRead, r.path+" is no backup of Perch", "name a file that perch backup has made", err)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return refused(opRead, r.path+" is cut off: its end is missing", another, err)
	}
	return refused(opRead, r.path+" is damaged", another, err)
}

// newerError refuses what an older Perch cannot put back.
func newerError(path, program string) error {
	return refused(opRead, fmt.Sprintf("%s was made by a newer Perch (%s)", path, program), "install that version or a later one, then restore with it", nil)
}

// examine reads what a verified copy of a journal holds, all of it, and compares it with what the manifest says.
func examine(ctx context.Context, m *Manifest, journal string) error {
	v, err := sqlite.OpenView(ctx, journal)
	if err != nil {
		return err
	}
	defer func() { _ = v.Close() }() // only read
	if err := v.Check(ctx); err != nil {
		return err
	}
	schema, err := v.Schema(ctx)
	if err != nil {
		return err
	}
	rows, err := v.Rows(ctx)
	if err != nil {
		return err
	}
	if schema != m.Schema {
		return fmt.Errorf("the journal in it has the form %d, not %d", schema, m.Schema)
	}
	for table, n := range m.Rows {
		if rows[table] != n {
			return fmt.Errorf("the journal in it holds %d of %d rows of %s", rows[table], n, table)
		}
	}
	return nil
}
