// Command web packs the page that perch serves: web [-quality N] PROGRAM LOADER VERSION OUT compresses the window (WebAssembly)
// once for every browser, and puts it into one file with the script that runs it. It guarantees that the same input gives the
// same bytes.
package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/andybalholm/brotli"

	"perch/app/web/bundle"
)

// windowBits is the size of brotli's window: the largest that browsers take, 16 MB.
const windowBits = 24

var errUsage = errors.New("usage: web PROGRAM LOADER VERSION OUT")

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "web:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("web", flag.ContinueOnError)
	quality := flags.Int("quality", brotli.BestCompression, "of brotli: 11 takes minutes, 5 seconds")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if args = flags.Args(); len(args) != 4 {
		return errUsage
	}
	program, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	loader, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	data, err := pack(program, loader, args[2], *quality)
	if err != nil {
		return err
	}
	return os.WriteFile(args[3], data, 0o644) //nolint:gosec // everybody may read what everybody can download
}

// pack makes the file. What is in it is compressed already, and stored as it is.
func pack(program, loader []byte, version string, quality int) ([]byte, error) {
	sum := sha256.Sum256(append(append([]byte{}, loader...), program...))
	about, err := json.Marshal(bundle.About{Version: version, Hash: hex.EncodeToString(sum[:8]), Bytes: int64(len(program))})
	if err != nil {
		return nil, err
	}
	var small, wide bytes.Buffer
	if err := compress(brotli.NewWriterOptions(&small, brotli.WriterOptions{Quality: quality, LGWin: windowBits}), program); err != nil {
		return nil, err
	}
	zipped, err := gzip.NewWriterLevel(&wide, gzip.BestCompression)
	if err == nil {
		err = compress(zipped, program)
	}
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, f := range []struct {
		name string
		data []byte
	}{{"page.json", about}, {bundle.Loader, loader}, {bundle.Brotli, small.Bytes()}, {bundle.Gzip, wide.Bytes()}} {
		w, err := archive.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Store})
		if err == nil {
			_, err = w.Write(f.data)
		}
		if err != nil {
			return nil, err
		}
	}
	err = archive.Close() // writes the list of what is in it
	return out.Bytes(), err
}

func compress(to io.WriteCloser, data []byte) error {
	_, err := to.Write(data)
	return errors.Join(err, to.Close())
}
