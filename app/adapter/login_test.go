package adapter_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"perch/app/adapter"
	"perch/bridge/secret"
	"perch/bridge/xapi"
)

// halfStore takes nothing but some names.
type halfStore struct {
	secret.Store
	refuses string
}

func (s halfStore) Set(ctx context.Context, key secret.Key, value string) error {
	if key.Name == s.refuses {
		return errors.New("full")
	}
	return s.Store.Set(ctx, key, value)
}

func TestTokensAreKeptAsSecrets(t *testing.T) {
	t.Parallel()
	memory := secret.NewMemory(nil)
	var hidden []string
	store := adapter.XTokens(memory, "support", func(values []string) { hidden = append(hidden, values...) })
	if got, err := store.Load(t.Context()); err != nil || got != (xapi.Tokens{}) {
		t.Errorf("none yet: %+v, %v", got, err)
	}
	want := xapi.Tokens{Access: "access-1", Refresh: "refresh-1", Expires: time.Unix(1795020983, 0)}
	if err := store.Save(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if got, err := store.Load(t.Context()); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	values := map[secret.Key]string{{Channel: "support", Name: "x.oauth2_client_id"}: "client"}
	for _, name := range []string{"x.oauth2_access_token", "x.oauth2_refresh_token"} {
		values[secret.Key{Channel: "support", Name: name}], _ = memory.Get(t.Context(), secret.Key{Channel: "support", Name: name})
	}
	if login := adapter.XLogin("support", values); login.ClientID != "client" || login.Tokens != want {
		t.Errorf("%+v", login)
	}
	for _, value := range []string{"access-1", "refresh-1"} {
		if !slices.Contains(hidden, value) {
			t.Errorf("%q is not kept out of the log", value)
		}
	}
	// The refresh token is worth more: it has to be there when the access token is not taken.
	next := xapi.Tokens{Access: "access-2", Refresh: "refresh-2", Expires: want.Expires}
	half := halfStore{memory, "x.oauth2_access_token"}
	if err := adapter.XTokens(half, "support", nil).Save(t.Context(), next); err == nil {
		t.Error("a token that is not kept is no error")
	}
	if got, _ := store.Load(t.Context()); got.Refresh != "refresh-2" || got.Access != "access-1" {
		t.Errorf("%+v", got)
	}
}

func TestOddTokens(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]xapi.Tokens{
		"": {}, " a ": {Access: "a"}, "a x": {Access: "a"}, "a -1": {Access: "a"}, "a 1795020983": {Access: "a", Expires: time.Unix(1795020983, 0)},
	} {
		if got := adapter.XLogin("b", map[secret.Key]string{{Channel: "b", Name: "x.oauth2_access_token"}: text}).Tokens; got != want {
			t.Errorf("%q: %+v", text, got)
		}
	}
}
