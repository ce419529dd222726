package secret

// SealFile writes secrets into a new file in the format of a vault, locked with the passphrase, all of it or nothing.
func SealFile(path, phrase string, values map[Key]string) error {
	const op = "seal the secrets"
	named := map[string]string{}
	for key, value := range values {
		named[key.String()] = value
	}
	sealed, err := seal(named, phrase, workFactor)
	if err == nil {
		err = replaceFile(path, sealed)
	}
	if err != nil {
		return unwritable(op, path, err)
	}
	return nil
}

// UnsealFile opens a file in the format of a vault. A passphrase that does not fit is an error that wraps ErrWrongPassphrase.
// Names that only a newer Perch knows are left out.
func UnsealFile(path, phrase string) (map[Key]string, error) {
	const op = "open the sealed secrets"
	sealed, _, err := readFile(op, path)
	if err != nil {
		return nil, err
	}
	named, err := unseal(sealed, phrase)
	if err != nil {
		return nil, explain(op, path, err)
	}
	values := map[Key]string{}
	for text, value := range named {
		if key, err := ParseKey(text); err == nil {
			values[key] = value
		}
	}
	return values, nil
}
