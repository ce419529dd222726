package powercut

import (
	"fmt"
	"strings"
)

// begin does what is on its way to the disk as soon as a call has begun.
func (d *Disk) begin(c *call) (*Sent, error) {
	c.marks = d.clock
	switch c.name {
	case "close":
		fd, _ := c.file(0)
		delete(d.open, fd) // its number may be used again before the call returns
	case "write", "pwrite64", "writev", "pwritev", "pwritev2":
		return d.write(c)
	case "ftruncate", "fallocate":
		if h := d.handle(c); h != nil {
			return nil, d.lengthen(c, h)
		}
	case "copy_file_range", "sendfile", "splice", "truncate":
		return nil, d.refuse(c)
	}
	return nil, nil //nolint:nilnil // nothing was sent
}

// end does what is certain only when a call has returned.
func (d *Disk) end(c *call) error {
	switch c.name {
	case "open", "openat", "creat":
		return d.opened(c)
	case "dup", "dup2", "dup3":
		d.duplicate(c)
	case "lseek":
		if h := d.handle(c); h != nil {
			h.position = c.result
		}
	case "mmap":
		d.mapped(c)
	case "write", "pwrite64", "writev", "pwritev", "pwritev2":
		if c.into != nil {
			c.into.flushRange(c.written)
		}
	case "fsync", "fdatasync":
		if h := d.handle(c); h != nil {
			d.sync(h, c.marks)
		}
	case "sync", "syncfs":
		d.syncAll(c.marks)
	case "rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir", "link", "linkat", "mkdir", "mkdirat":
		return d.named(c)
	}
	return nil
}

func (d *Disk) handle(c *call) *handle {
	fd, _ := c.file(0)
	return d.open[fd]
}

func (d *Disk) write(c *call) (*Sent, error) {
	h := d.handle(c)
	data := c.text(1)
	data = data[:min(int64(len(data)), c.result)]
	if h == nil {
		_, target := c.file(0)
		if _, isOurs := d.below(target); isOurs && strings.HasPrefix(target, "/") {
			return nil, fmt.Errorf("%s to %s, which nobody has opened", c.name, target)
		}
		return &Sent{To: target, Data: data}, nil
	}
	w := change{at: d.tick(), data: data}
	switch {
	case h.appends:
		w.offset = int64(len(h.file.live))
	case strings.HasPrefix(c.name, "p"):
		w.offset = c.number(3)
	default:
		w.offset = h.position
		h.position = w.end()
	}
	if len(data) == 0 {
		return nil, nil //nolint:nilnil // nothing was sent
	}
	if w.offset < 0 {
		return nil, fmt.Errorf("%s to %s: at which place?", c.name, h.path)
	}
	h.file.add(w)
	if h.isSynced || c.name == "pwritev2" && strings.Contains(c.args[len(c.args)-1], "SYNC") {
		c.written, c.into = w, h.file
	}
	return nil, nil //nolint:nilnil // nothing was sent
}

// lengthen does what changes a file's length.
func (d *Disk) lengthen(c *call, h *handle) error {
	if c.name == "ftruncate" {
		h.file.add(change{at: d.tick(), offset: c.number(1)})
		return nil
	}
	mode, offset, length := c.args[1], c.number(2), c.number(3)
	size := int64(len(h.file.live))
	keeps := strings.Contains(mode, "KEEP_SIZE")
	if strings.Contains(mode, "COLLAPSE") || strings.Contains(mode, "INSERT") {
		return fmt.Errorf("fallocate with %s is not known here", mode)
	}
	if !keeps && offset+length > size {
		h.file.add(change{at: d.tick(), offset: offset + length})
		size = offset + length
	}
	if end := min(size, offset+length); end > offset && (strings.Contains(mode, "ZERO_RANGE") || strings.Contains(mode, "PUNCH_HOLE")) {
		h.file.add(change{at: d.tick(), offset: offset, data: make([]byte, end-offset)})
	}
	return nil
}

// refuse fails for a call that changes a file below the folder in a way that is not known here.
func (d *Disk) refuse(c *call) error {
	for i, arg := range c.args {
		_, target := c.file(i)
		if strings.HasPrefix(arg, `"`) {
			target = string(c.text(i))
		}
		if _, isOurs := d.below(target); isOurs && strings.HasPrefix(target, "/") {
			return fmt.Errorf("%s of %s is not known here", c.name, target)
		}
	}
	return nil
}
