package xapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"perch/bridge"
	"perch/bridge/loose"
	"perch/bridge/xapi/xcall"
)

const (
	// downloadTimeout bounds the download of one file.
	downloadTimeout = 2 * time.Minute
	// maxRedirects is how many redirects of a download are followed, without keys and to allowed hosts only.
	maxRedirects = 3
	opDownload   = "fetch the customer's file"
)

// errTooLarge tells that a variant is larger than Motion takes.
var errTooLarge = errors.New("too large")

// FetchMedia implements bridge.MediaSource. Of a video it takes the best quality that fits.
func (c *Client) FetchMedia(ctx context.Context, media bridge.Media) (bridge.File, error) {
	variants := slices.Clone(media.Variants)
	slices.SortStableFunc(variants, func(a, b bridge.Variant) int { return b.Bitrate - a.Bitrate })
	if len(variants) == 0 {
		return bridge.File{}, noFile("X did not say where the file is")
	}
	for _, variant := range variants {
		data, err := c.download(ctx, variant.URL)
		if errors.Is(err, errTooLarge) {
			continue
		}
		if err != nil {
			return bridge.File{}, err
		}
		kind := bridge.SniffType(data)
		if err := judgeFile(media, kind, data); err != nil {
			return bridge.File{}, err
		}
		return bridge.File{Name: fileName(variant.URL, media, kind), Type: kind, Data: data}, nil
	}
	return bridge.File{}, noFile(fmt.Sprintf("it is larger than %d MB, the most that Motion takes", bridge.MaxInboundFile>>20))
}

// judgeFile checks that what came is a file and not a page that stands in its place.
func judgeFile(media bridge.Media, kind string, data []byte) error {
	switch {
	case len(data) == 0:
		return notYet("X sent nothing in place of the file")
	case strings.HasPrefix(kind, "text/") || loose.IsJSON(data):
		return notYet("a web page or a text came in its place")
	case media.Type == bridge.Photo && strings.HasPrefix(kind, "video/"):
		return notYet("something else came in place of the picture")
	}
	return nil
}

// notYet is the error of a file that may be had later.
func notYet(why string) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SideX, Op: opDownload, Message: why, Code: xcall.CodeIntermediary + "file",
		Remedy: "look at it on X; Perch keeps trying",
	}
}

func noFile(why string) *bridge.Error {
	return &bridge.Error{Kind: bridge.Rejected, Side: bridge.SideX, Op: opDownload, Message: why, Remedy: "look at it on X"}
}

// download gets one URL. Public hosts are asked without keys first; redirects never carry any.
func (c *Client) download(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, downloadTimeout)
	defer cancel()
	target, err := c.allowed(address)
	if err != nil {
		return nil, err
	}
	isSigned := !isPublicHost(target.Hostname())
	if isSigned {
		if err := c.calls.CheckKeys(opDownload); err != nil {
			return nil, err
		}
	}
	for range maxRedirects + 1 {
		response, err := c.calls.Get(ctx, opDownload, target, isSigned)
		if err != nil {
			return nil, err
		}
		switch status := response.StatusCode; {
		case status/100 == 3:
			_ = response.Body.Close()
			if target, err = c.allowed(resolve(target, response.Header.Get("Location"))); err != nil {
				return nil, err
			}
			isSigned = false
		case (status == http.StatusUnauthorized || status == http.StatusForbidden) && !isSigned && isPublicHost(target.Hostname()):
			_ = response.Body.Close()
			isSigned = true
		default:
			return readFile(response)
		}
	}
	return nil, noFile("X sends from one address to the next")
}

func readFile(response *http.Response) ([]byte, error) {
	defer func() { _ = response.Body.Close() }()
	switch status := response.StatusCode; {
	case status == http.StatusOK:
	case status == http.StatusNotFound || status == http.StatusGone:
		return nil, noFile("X does not have it any more")
	case status == http.StatusProxyAuthRequired:
		return nil, notYet(xcall.ProxyWantsPassword)
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		if strings.HasPrefix(strings.ToLower(response.Header.Get("Content-Type")), "text/html") {
			return nil, notYet(xcall.IntermediaryAnswers)
		}
		return nil, noFile("X does not let the account see it")
	case status == http.StatusTooManyRequests:
		return nil, &bridge.Error{
			Kind: bridge.Temporary, Side: bridge.SideX, Op: opDownload, Message: "X's limit for files is used up",
			Code: "429", RetryAt: xcall.RetryAfter(response.Header, xcall.MaxOutageWait),
		}
	case status >= http.StatusInternalServerError:
		return nil, &bridge.Error{
			Kind: bridge.Temporary, Side: bridge.SideX, Op: opDownload, Message: "X is out of order at the moment", Code: strconv.Itoa(status),
		}
	default:
		return nil, noFile(fmt.Sprintf("X refused it (%d)", status))
	}
	if response.ContentLength > bridge.MaxInboundFile {
		return nil, errTooLarge
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, bridge.MaxInboundFile+1))
	if err != nil {
		return nil, xcall.Lost(xcall.Call{Op: opDownload}, err, false)
	}
	if len(data) > bridge.MaxInboundFile {
		return nil, errTooLarge
	}
	return data, nil
}

// allowed guards against being sent to fetch something else than customers' files: listed hosts, https only; plain
// http for this computer only.
func (c *Client) allowed(address string) (*url.URL, error) {
	target, err := url.Parse(address)
	if err != nil || target.Host == "" || target.User != nil {
		return nil, noFile("its address is not valid")
	}
	if !slices.ContainsFunc(c.config.MediaHosts, func(h string) bool { return hostMatches(h, target) }) {
		return nil, noFile("its address (" + loose.Brief(target.Host) + ") is not one of X's")
	}
	if target.Scheme != "https" && (target.Scheme != "http" || !isLoopback(target.Hostname())) {
		return nil, noFile("its address is not a secure one")
	}
	return target, nil
}

// hostMatches compares with "host" (any default port) or "host:port".
func hostMatches(entry string, target *url.URL) bool {
	if strings.EqualFold(entry, target.Host) {
		return true
	}
	return target.Port() == "443" && strings.EqualFold(entry, target.Hostname())
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

func isPublicHost(host string) bool {
	return strings.HasPrefix(host, "pbs.") || strings.HasPrefix(host, "video.")
}

func resolve(base *url.URL, location string) string {
	next, err := base.Parse(location)
	if err != nil {
		return ""
	}
	return next.String()
}

var extensions = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "video/mp4": ".mp4",
}

// fileName takes the name from the address; its extension follows the content.
func fileName(address string, media bridge.Media, kind string) string {
	name := string(media.Type) + "-" + media.ID
	if target, err := url.Parse(address); err == nil {
		if base := path.Base(target.Path); base != "." && base != "/" {
			name = base
		}
	}
	name, _, _ = strings.Cut(name, ":") // "photo.jpg:large"
	name = strings.TrimSuffix(name, path.Ext(name))
	name = strings.Map(safeRune, name)
	extension := extensions[kind]
	if extension == "" {
		extension = ".bin"
	}
	return name + extension
}

func safeRune(r rune) rune {
	if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
		return '_'
	}
	return r
}
