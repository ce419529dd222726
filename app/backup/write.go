package backup

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// write makes a backup of the members in folder that the manifest names, and returns when it is on disk. The manifest gets
// their sizes and sums.
func write(ctx context.Context, path, folder string, m *Manifest) error {
	for i := range m.Members {
		if err := measure(ctx, &m.Members[i], folder); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // the program's own path
	if err != nil {
		return err
	}
	return errors.Join(writeTo(ctx, f, folder, m), f.Sync(), f.Close())
}

func writeTo(ctx context.Context, to io.Writer, folder string, m *Manifest) error {
	zip, _ := gzip.NewWriterLevel(to, gzip.BestSpeed) // the relay works meanwhile; the level is one that exists
	out := tar.NewWriter(zip)
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := out.WriteHeader(headerOf(m, memberManifest, int64(len(text)))); err != nil {
		return err
	}
	if _, err := out.Write(text); err != nil {
		return err
	}
	for _, one := range m.Members {
		if err := out.WriteHeader(headerOf(m, one.Name, one.Size)); err != nil {
			return err
		}
		if err := copyTo(ctx, out, filepath.Join(folder, one.Name)); err != nil {
			return err
		}
	}
	return errors.Join(out.Close(), zip.Close())
}

func headerOf(m *Manifest, name string, size int64) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: m.Made, Format: tar.FormatPAX}
}

func copyTo(ctx context.Context, to io.Writer, path string) error {
	f, err := os.Open(path) //nolint:gosec // the program's own path
	if err != nil {
		return err
	}
	_, err = io.Copy(to, cancellable{ctx, f})
	return errors.Join(err, f.Close())
}

func measure(ctx context.Context, m *Member, folder string) error {
	sum := sha256.New()
	if err := copyTo(ctx, sum, filepath.Join(folder, m.Name)); err != nil {
		return err
	}
	m.Size, m.SHA256 = sizeOf(filepath.Join(folder, m.Name)), hex.EncodeToString(sum.Sum(nil))
	return nil
}
