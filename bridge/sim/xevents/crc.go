package xevents

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"
)

// CRCResult is what a webhook made of a challenge.
type CRCResult struct {
	// Status is 0 when there was no answer.
	Status      int
	ContentType string
	// Token is the response_token.
	Token string
	Took  time.Duration
}

// tokenSize is the size of a challenge, in bytes before encoding.
const tokenSize = 32

// CRC challenges a webhook as X does. The error says what X would not have taken: no answer in time, a redirect, a
// status other than 200, a Content-Type other than JSON, a wrong token.
func (x *Events) CRC(ctx context.Context, url, consumerSecret string) (CRCResult, error) {
	ctx, cancel := context.WithTimeout(ctx, x.Options().Deadline)
	defer cancel()
	began := time.Now()
	token := newToken()
	result, err := x.ask(ctx, url, token, consumerSecret)
	result.Took = time.Since(began)
	if err == nil && result.Token != Sign(consumerSecret, []byte(token)) {
		err = errCRCToken
	}
	return result, err
}

var (
	errCRCToken    = errors.New("the response_token is wrong")
	errCRCRedirect = errors.New("it answers with a redirect")
)

func newToken() string {
	raw := make([]byte, tokenSize)
	_, _ = rand.Read(raw) // never fails
	return base64.RawURLEncoding.EncodeToString(raw)
}

func (x *Events) ask(ctx context.Context, address, token, secret string) (CRCResult, error) {
	u, err := url.Parse(address)
	if err != nil {
		return CRCResult{}, err
	}
	query := u.Query()
	query.Set("crc_token", token)
	query.Set("nonce", newToken())
	u.RawQuery = query.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return CRCResult{}, err
	}
	request.Header.Set("X-Twitter-Webhooks-Signature", Sign(secret, []byte(u.RawQuery)))
	response, err := x.client.Do(request)
	if err != nil {
		return CRCResult{}, err
	}
	defer func() { _ = response.Body.Close() }()
	result := CRCResult{Status: response.StatusCode, ContentType: response.Header.Get("Content-Type")}
	raw, err := io.ReadAll(io.LimitReader(response.Body, maxWebhookAnswer))
	if err != nil {
		return result, err
	}
	return readCRC(result, raw)
}

func readCRC(result CRCResult, raw []byte) (CRCResult, error) {
	kind, _, _ := mime.ParseMediaType(result.ContentType)
	switch {
	case result.Status/100 == 3:
		return result, errCRCRedirect
	case result.Status != http.StatusOK:
		return result, fmt.Errorf("it answers %d", result.Status)
	case kind != "application/json":
		return result, fmt.Errorf("its Content-Type is %q", result.ContentType)
	}
	var body struct {
		Token string `json:"response_token"`
	}
	if err := json.Unmarshal(raw, &body); err != nil {
		return result, fmt.Errorf("its answer is not JSON: %w", err)
	}
	result.Token = body.Token
	return result, nil
}
