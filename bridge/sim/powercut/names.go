package powercut

import (
	"fmt"
	"strings"
)

// opened notes an open file, and a new one's name.
func (d *Disk) opened(c *call) error {
	path, isOurs := d.below(c.target)
	if !isOurs || !strings.HasPrefix(c.target, "/") {
		delete(d.open, int(c.result))
		return nil
	}
	flags := strings.Join(c.args, " ")
	if strings.Contains(flags, "O_TMPFILE") {
		return fmt.Errorf("a file without a name in %s is not known here", path)
	}
	isNew := d.live[path] == nil
	if isNew {
		d.name(path, "", &file{})
	}
	h := &handle{file: d.live[path], path: path, isSynced: strings.Contains(flags, "SYNC"), appends: strings.Contains(flags, "O_APPEND")}
	if !isNew && (c.name == "creat" || strings.Contains(flags, "O_TRUNC")) {
		h.file.add(change{at: d.tick()})
	}
	d.open[int(c.result)] = h
	return nil
}

func (d *Disk) duplicate(c *call) {
	if h := d.handle(c); h != nil {
		d.open[int(c.result)] = h
	} else {
		delete(d.open, int(c.result))
	}
}

// mapped notes a file that is written through memory, which no trace shows.
func (d *Disk) mapped(c *call) {
	if len(c.args) < 6 || !strings.Contains(c.args[2], "PROT_WRITE") || !strings.Contains(c.args[3], "MAP_SHARED") {
		return
	}
	if fd, _ := c.file(4); d.open[fd] != nil {
		d.open[fd].file.isMapped = true
	}
}

// named does what changes names.
func (d *Disk) named(c *call) error {
	paths, err := c.paths()
	if err != nil {
		return err
	}
	var below []string
	for _, path := range paths {
		if path, isOurs := d.below(path); isOurs {
			below = append(below, path)
		}
	}
	if len(below) == 0 {
		return nil
	}
	if len(below) < len(paths) {
		return fmt.Errorf("%s across the folder's border is not known here", c.name)
	}
	f := d.live[below[0]]
	isMaking := strings.HasPrefix(c.name, "mkdir")
	if (f == nil) != isMaking {
		return nil // a socket, which is in no file
	}
	switch {
	case isMaking:
		d.name(below[0], "", &file{isFolder: true})
	case strings.HasPrefix(c.name, "unlink"), c.name == "rmdir":
		d.name("", below[0], nil)
	case strings.HasPrefix(c.name, "link"):
		d.name(below[1], "", f)
	case f.isFolder || strings.Contains(strings.Join(c.args, " "), "RENAME_EXCHANGE"):
		return fmt.Errorf("%s of a folder, or of two files at once, is not known here", c.name)
	default:
		d.name(below[1], below[0], f)
	}
	return nil
}
