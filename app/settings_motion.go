package app

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"perch/app/config"
	"perch/app/control"
)

// maxAccounts is the most that is read of Motion's list, in bytes.
const maxAccounts = 1 << 20

var errPin = errors.New("the certificate is not the pinned one")

// motionAccounts asks Motion for its Open Channel accounts. Motion's documentation promises neither the call nor the
// names in its answer, so that whatever goes wrong is an empty list: the admin then pastes the address.
func motionAccounts(ctx context.Context, m config.MotionConfig, password, apiKey string) []control.MotionAccount {
	address := m.Base() + "/api/openchannel/accounts?limit=100"
	if apiKey != "" {
		address += "&apikey=" + url.QueryEscape(apiKey)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil
	}
	if apiKey == "" {
		request.SetBasicAuth(m.User, password)
	}
	client := &http.Client{
		Transport:     transportFor(m.TLSPin),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
	if err != nil {
		return nil
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAccounts))
	if err != nil || response.StatusCode/100 != 2 {
		return nil
	}
	return parseAccounts(body, m.Base())
}

// transportFor trusts one certificate when there is a pin.
func transportFor(pin string) *http.Transport {
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // documented to be one
	if pin == "" {
		return transport
	}
	want := strings.ToLower(strings.ReplaceAll(pin, ":", ""))
	transport.TLSClientConfig = &tls.Config{
		MinVersion: tls.VersionTLS12, InsecureSkipVerify: true, //nolint:gosec // VerifyConnection checks more strictly than the usual rules
		VerifyConnection: func(state tls.ConnectionState) error {
			if sum := sha256.Sum256(state.PeerCertificates[0].Raw); hex.EncodeToString(sum[:]) != want {
				return errPin
			}
			return nil
		},
	}
	return transport
}

// parseAccounts reads a bare list or {"rows": list}, whose members' names differ between Motion's versions.
func parseAccounts(body []byte, base string) []control.MotionAccount {
	var rows []map[string]any
	if json.Unmarshal(body, &rows) != nil {
		var wrapped struct{ Rows []map[string]any }
		if json.Unmarshal(body, &wrapped) != nil {
			return nil
		}
		rows = wrapped.Rows
	}
	var accounts []control.MotionAccount
	for _, row := range rows {
		a := control.MotionAccount{
			ID: member(row, "id"), Name: member(row, "name"), MapKey: member(row, "mapKey", "map_key"),
			ReceiveURL: member(row, "receiveUrl", "receive_url"), ReplyURL: member(row, "replyUrl", "reply_url"),
		}
		if a.ID == "" {
			continue
		}
		if a.ReceiveURL == "" {
			a.ReceiveURL = base + "/api/openchannel/accounts/" + url.PathEscape(a.ID) + "/notify"
		}
		accounts = append(accounts, a)
	}
	return accounts
}

// member returns a text or number by its name, whatever its case.
func member(row map[string]any, names ...string) string {
	for _, name := range names {
		for key, value := range row {
			if !strings.EqualFold(key, name) {
				continue
			}
			switch v := value.(type) {
			case string:
				return v
			case float64:
				return jsonNumber(v)
			}
		}
	}
	return ""
}

func jsonNumber(v float64) string {
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(text)
}
