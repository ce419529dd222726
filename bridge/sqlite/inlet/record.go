package inlet

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"time"

	"perch/bridge"
)

// A record is a header, the source and the body. Numbers grow from record to record: one that does not is from before, when
// the file held others. They are little endian:
//
//	 0  4 bytes  "PPST"
//	 4  4 bytes  CRC-32C of all that follows
//	 8  4 bytes  length of the body
//	12  4 bytes  length of the source
//	16  8 bytes  number
//	24  8 bytes  when it came in, Unix milliseconds
const (
	headerSize = 32
	magic      = "PPST"
	// maxSource and maxBody bound what is believed of a header, in bytes; bodies from X end at 16 MB (webhook's maxEvents).
	maxSource = 1 << 20
	maxBody   = 64 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errEnd says that no whole record follows.
var errEnd = errors.New("no whole record")

func appendRecord(to []byte, p *bridge.Post) []byte {
	start := len(to)
	to = append(to, magic...)
	to = binary.LittleEndian.AppendUint32(to, 0)
	to = binary.LittleEndian.AppendUint32(to, uint32(len(p.Body)))
	to = binary.LittleEndian.AppendUint32(to, uint32(len(p.Source)))
	to = binary.LittleEndian.AppendUint64(to, uint64(p.Seq))
	to = binary.LittleEndian.AppendUint64(to, uint64(p.ReceivedAt.UnixMilli()))
	to = append(append(to, p.Source...), p.Body...)
	binary.LittleEndian.PutUint32(to[start+4:], crc32.Checksum(to[start+8:], castagnoli))
	return to
}

// records reads the records of one file in their order.
type records struct {
	from *bufio.Reader
	last int64 // the number of the last one that was read
}

// next returns the next record and its size; errEnd when there is no whole one, and where what was in the file before begins.
func (r *records) next() (p bridge.Post, size int64, err error) {
	p, size, err = readRecord(r.from)
	switch {
	case err != nil:
		return p, size, err
	case p.Seq <= r.last:
		return p, size, errEnd
	}
	r.last = p.Seq
	return p, size, nil
}

// readRecord reads the next record and returns its size; errEnd when there is no whole one.
func readRecord(from *bufio.Reader) (p bridge.Post, size int64, err error) {
	var header [headerSize]byte
	if _, err := io.ReadFull(from, header[:]); err != nil {
		return p, 0, ended(err)
	}
	body, source := binary.LittleEndian.Uint32(header[8:]), binary.LittleEndian.Uint32(header[12:])
	if string(header[:4]) != magic || body > maxBody || source > maxSource {
		return p, 0, errEnd
	}
	rest := make([]byte, source+body)
	if _, err := io.ReadFull(from, rest); err != nil {
		return p, 0, ended(err)
	}
	sum := crc32.Update(crc32.Checksum(header[8:], castagnoli), castagnoli, rest)
	if sum != binary.LittleEndian.Uint32(header[4:]) {
		return p, 0, errEnd
	}
	p.Seq = int64(binary.LittleEndian.Uint64(header[16:]))
	p.ReceivedAt = time.UnixMilli(int64(binary.LittleEndian.Uint64(header[24:])))
	p.Source, p.Body = string(rest[:source]), rest[source:]
	return p, int64(headerSize + len(rest)), nil
}

// ended tells an end in the middle of a record from a disk that cannot be read.
func ended(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errEnd
	}
	return err
}
