package xsealed

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"slices"
	"strconv"

	"perch/bridge/xchat"
	"perch/bridge/xchat/juicebox/realm"
	"perch/bridge/xchat/keys"
)

// person has keys of encrypted chat, in one or more versions, the newest last.
type person struct {
	id   string
	sets []keySet
	// read are the messages that the person has read, in order.
	read []Letter
}

// keySet is one version of somebody's keys.
type keySet struct {
	private keys.Private
	record  keys.Record
	row     keys.Row
}

// Letter is a message as a simulated person has read it: opened and verified.
type Letter struct {
	From, Text string
	// Files are the plain contents of the files, in order.
	Files [][]byte
}

// EnableChat gives somebody keys of encrypted chat, or new ones in place of those before, as the X app does. It returns the
// private keys in the form in which an admin imports them: base64 of 64 bytes.
func (c *Chats) EnableChat(personID string) string {
	c.x.Lock()
	defer c.x.Unlock()
	p := c.people[personID]
	if p == nil {
		p = &person{id: personID}
		c.people[personID] = p
	}
	set := newSet(c.newVersion(p))
	p.sets = append(p.sets, set)
	return set.private.Reveal()
}

// newVersion is the time, and above the person's last one.
func (c *Chats) newVersion(p *person) string {
	n := c.x.Now().UnixMilli()
	if len(p.sets) > 0 {
		last, _ := strconv.ParseInt(p.newest().record.Version(), 10, 64) // made here
		n = max(n, last+1)
	}
	return strconv.FormatInt(n, 10)
}

func (p *person) newest() keySet { return p.sets[len(p.sets)-1] }

// newSet makes keys and their record with the standard library.
func newSet(version string) keySet {
	raw := append(scalar(), scalar()...)
	private, err := keys.ParsePrivate(raw)
	if err != nil {
		panic(err) // both are within the range
	}
	signature, err := private.Sign(private.Identity().SPKI())
	if err != nil {
		panic(err) // there is a signing part
	}
	row := keys.Row{
		Version: version, Identity: private.Identity().String(), Signing: private.Signing().String(), Binding: base64.StdEncoding.EncodeToString(signature),
	}
	record, err := row.Verify()
	if err != nil {
		panic(err)
	}
	return keySet{private, record, row}
}

func scalar() []byte {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err) // rand does not fail
	}
	private, err := key.ECDH()
	if err != nil {
		panic(err)
	}
	return private.Bytes()
}

// DisableChat takes somebody's records away, as after leaving X.
func (c *Chats) DisableChat(personID string) {
	c.x.Lock()
	defer c.x.Unlock()
	delete(c.people, personID)
}

// SetPIN keeps an account's keys with three simulated realms, two of them in secure hardware, under a PIN with 20 guesses.
func (c *Chats) SetPIN(personID, pin string) error {
	c.x.Lock()
	defer c.x.Unlock()
	if c.realms == nil {
		c.realms = realm.NewSet(2, false, true, true)
		c.realms.Fast = true
	}
	raw, err := base64.StdEncoding.DecodeString(c.people[personID].newest().private.Reveal())
	if err != nil {
		return err
	}
	c.realms.Register(personID, []byte(pin), raw, maxGuesses)
	return nil
}

const maxGuesses = 20

// Realms are the simulated realms of Juicebox; nil before SetPIN.
func (c *Chats) Realms() *realm.Set {
	c.x.Lock()
	defer c.x.Unlock()
	return c.realms
}

// Letters are the messages that somebody has read, in order.
func (c *Chats) Letters(personID string) []Letter {
	c.x.Lock()
	defer c.x.Unlock()
	if p := c.people[personID]; p != nil {
		return slices.Clone(p.read)
	}
	return nil
}

// Signer implements xchat.Signers with the records of everybody. The caller has the lock.
func (c *Chats) Signer(userID, version string) (keys.Record, bool) {
	if p := c.people[userID]; p != nil {
		for _, set := range p.sets {
			if set.record.Version() == version {
				return set.record, true
			}
		}
	}
	return keys.Record{}, false
}

// ConversationKey implements xchat.ConversationKeys with what simulated people know. The caller has the lock.
func (c *Chats) ConversationKey(id xchat.ConversationID, version string) (keys.Conversation, bool) {
	key, ok := c.talk(id).ring[version]
	return key, ok
}

// reader opens what somebody gets. The caller has the lock.
func (c *Chats) reader(p *person) *xchat.Reader {
	set := p.newest()
	return &xchat.Reader{OwnID: p.id, Keys: set.private, KeyVersion: set.record.Version(), Signers: c, Conversations: c}
}

func (p *person) writer() *xchat.Writer {
	set := p.newest()
	return &xchat.Writer{OwnID: p.id, Keys: set.private, KeyVersion: set.record.Version()}
}
