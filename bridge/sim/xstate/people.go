package xstate

import "cmp"

// AddAccount adds an account. What is missing of it is made up, and the whole of it returned. An account that is added
// again under its id replaces the first, with new keys.
func (x *State) AddAccount(a Account) Account {
	x.mu.Lock()
	defer x.mu.Unlock()
	p := x.putPerson(Person{ID: a.ID, Handle: a.Handle, Name: a.Name})
	a.ID, a.Handle, a.Name = p.ID, p.Handle, p.Name
	a.ConsumerKey = cmp.Or(a.ConsumerKey, randomText(25))
	a.ConsumerSecret = cmp.Or(a.ConsumerSecret, randomText(50))
	a.AccessToken = cmp.Or(a.AccessToken, a.ID+"-"+randomText(40))
	a.AccessTokenSecret = cmp.Or(a.AccessTokenSecret, randomText(45))
	a.Access = cmp.Or(a.Access, ReadWriteDM)
	if x.apps[a.ConsumerKey] == nil {
		x.apps[a.ConsumerKey] = &App{ID: decimal(int64(10000000 + len(x.apps))), Key: a.ConsumerKey, Owner: a.ID}
	}
	app := x.apps[a.ConsumerKey]
	app.Secret = a.ConsumerSecret
	a.ClientID, a.ClientSecret = cmp.Or(a.ClientID, app.ClientID, randomText(34)), cmp.Or(a.ClientSecret, app.ClientSecret)
	app.ClientID, app.ClientSecret = a.ClientID, a.ClientSecret
	if old := x.FindAccount(a.ID); old != nil {
		*old = a
	} else {
		x.accounts = append(x.accounts, &a)
	}
	return a
}

// Renew gives an account a new access token, so that the old keys are refused. The caller holds the lock.
func (x *State) Renew(a *Account) { a.AccessToken = randomText(50) }

// AddPerson adds a customer. What is missing is made up, and the whole of it returned.
func (x *State) AddPerson(p Person) Person {
	x.mu.Lock()
	defer x.mu.Unlock()
	return *x.putPerson(p)
}

// Rename gives a person another handle; the id stays.
func (x *State) Rename(id, handle string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if p := x.people[id]; p != nil {
		p.Handle = handle
	}
	if a := x.FindAccount(id); a != nil {
		a.Handle = handle
	}
}

// putPerson adds or changes somebody. The caller holds the lock.
func (x *State) putPerson(p Person) *Person {
	number := decimal(int64(3001969357 + 7919*len(x.people)))
	p.ID = cmp.Or(p.ID, number)
	p.Handle = cmp.Or(p.Handle, "user"+p.ID[max(0, len(p.ID)-9):])
	p.Name = cmp.Or(p.Name, p.Handle)
	x.people[p.ID] = &p
	return &p
}
