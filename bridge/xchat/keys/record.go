package keys

// Row is one row of X's answer about an account's public keys, as it stands there (GET /2/users/:id/public_keys).
type Row struct {
	// Version is public_key_version (older answers: version).
	Version string
	// Identity is public_key, Signing signing_public_key, Binding identity_public_key_signature; all in base64.
	Identity, Signing, Binding string
}

// Record is one version of an account's public keys, whose binding was verified: the signing key has signed the identity
// key. There is no other way to have one, but for the zero Record, which verifies nothing.
type Record struct {
	version           string
	identity, signing Public
}

// Verify checks a row and makes a record of it. The binding is over the bytes of the identity key as they were received.
func (r Row) Verify() (Record, error) {
	if !IsVersion(r.Version) {
		return Record{}, ErrVersion
	}
	raw, err := decode(r.Identity)
	if err != nil {
		return Record{}, err
	}
	identity, err := publicOf(raw)
	if err != nil {
		return Record{}, err
	}
	signing, err := ParsePublic(r.Signing)
	if err != nil {
		return Record{}, err
	}
	if !signing.VerifyText(raw, r.Binding) {
		return Record{}, ErrBinding
	}
	return Record{r.Version, identity, signing}, nil
}

// Version returns which of the account's keys these are.
func (r Record) Version() string { return r.version }

// Identity returns the key that conversation keys are wrapped to.
func (r Record) Identity() Public { return r.identity }

// Signing returns the key that the account's events verify with.
func (r Record) Signing() Public { return r.signing }

// Verify makes records of all rows whose binding holds, the newest version first, and counts the others.
func Verify(rows []Row) (records []Record, refused int) {
	for _, row := range rows {
		record, err := row.Verify()
		if err != nil {
			refused++
			continue
		}
		records = insert(records, record)
	}
	return records, refused
}

func insert(records []Record, record Record) []Record {
	at := 0
	for at < len(records) && CompareVersions(records[at].version, record.version) >= 0 {
		at++
	}
	records = append(records, Record{})
	copy(records[at+1:], records[at:])
	records[at] = record
	return records
}
