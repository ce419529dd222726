package secret

// Backend is the system's keyring, for tests.
type Backend = backend

// WithWork makes the vault write with another work factor, so that tests are quick.
func (v *Vault) WithWork(work int) *Vault {
	v.work = work
	return v
}

// WithBackend puts another keyring under k.
func (k *Keyring) WithBackend(b Backend) *Keyring {
	k.backend = b
	return k
}

// Seal encrypts any content with any work factor.
var Seal = seal
