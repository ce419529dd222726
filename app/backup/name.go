package backup

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	namePrefix, ending = "perch-", ".backup"
	stampForm          = "20060102-150405"
	// maxHost bounds the host's part of a name, in bytes.
	maxHost = 40
)

// Name is how a backup of this computer is called: perch-<host>-<date>-<time>.backup, in local time.
func Name(now time.Time) string {
	return namePrefix + hostPart(host()) + "-" + now.Local().Format(stampForm) + ending
}

func host() string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
}

// machineFile holds the id of a computer (machine-id(5)); other systems have none.
const machineFile = "/etc/machine-id"

// machine is an id of this computer; "" for none. The system's own stays secret, as machine-id(5) asks for.
func machine() string {
	id, err := os.ReadFile(machineFile)
	id = bytes.TrimSpace(id)
	if err != nil || len(id) == 0 {
		return ""
	}
	sum := sha256.Sum256(append([]byte("perch backup "), id...))
	return hex.EncodeToString(sum[:8])
}

// hostPart makes of a computer's name what every disk takes in the name of a file.
func hostPart(host string) string {
	part := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		case r == '.':
			return '-'
		}
		return -1
	}, host)
	if len(part) > maxHost {
		part = part[:maxHost]
	}
	if part == "" {
		return "computer"
	}
	return part
}

// unused is path, or path with a number where that is taken.
func unused(path string) string {
	try := path
	for n := 2; exists(try); n++ {
		try = filepath.Join(filepath.Dir(path), strings.TrimSuffix(filepath.Base(path), ending)) + "-" + strconv.Itoa(n)
		if strings.HasSuffix(path, ending) {
			try += ending
		}
	}
	return try
}

func sortChannels(list []Channel) {
	slices.SortFunc(list, func(a, b Channel) int { return strings.Compare(a.Name, b.Name) })
}
