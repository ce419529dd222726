package xgate

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"slices"

	"perch/bridge/sim/serve"
)

// Parts reads a multipart body: the file part and the named fields, all of which must be there and nothing else.
func (in *Request) Parts(file string, names ...string) (fields map[string]string, data []byte, refused *serve.Answer) {
	_, attributes, err := mime.ParseMediaType(in.Header.Get("Content-Type"))
	if err != nil {
		return nil, nil, in.Malformed("body", "", "its multipart header cannot be read: %v", err)
	}
	form, err := multipart.NewReader(bytes.NewReader(in.Raw), attributes["boundary"]).ReadForm(MaxPart)
	if err != nil {
		return nil, nil, in.Malformed("body", "", "its multipart body cannot be read: %v", err)
	}
	defer func() { _ = form.RemoveAll() }()
	fields = map[string]string{}
	for name, values := range form.Value {
		if !slices.Contains(names, name) || len(values) != 1 {
			return nil, nil, in.Malformed(name, "", "form field %q is not known here or appears twice", name)
		}
		fields[name] = values[0]
	}
	for name := range form.File {
		if name != file || len(form.File[name]) != 1 {
			return nil, nil, in.Malformed(name, "", "file part %q is not known here or appears twice", name)
		}
	}
	if len(form.File[file]) == 0 {
		return nil, nil, in.Malformed(file, "", "the file part %q is missing", file)
	}
	data, err = readPart(form.File[file][0])
	if err != nil {
		return nil, nil, in.Malformed(file, "", "the file part cannot be read: %v", err)
	}
	return fields, data, nil
}

// readPart reads a file out of a form.
func readPart(header *multipart.FileHeader) ([]byte, error) {
	file, err := header.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(file)
}

// Anywhere collects the parameters of query and body, and the file part, when there is one.
func (in *Request) Anywhere() (url.Values, []byte, *serve.Answer) {
	given, err := url.ParseQuery(in.URL.RawQuery)
	if err != nil {
		return nil, nil, in.Malformed("query", "", "its query cannot be read: %v", err)
	}
	if in.bodyKind() == MultipartBody {
		fields, part, refused := in.Parts("media", "command", "media_id", "segment_index")
		for name, value := range fields {
			given.Add(name, value)
		}
		return given, part, refused
	}
	form, err := url.ParseQuery(string(in.Raw))
	if err != nil {
		return nil, nil, in.Malformed("body", "", "its form cannot be read: %v", err)
	}
	for name, values := range form {
		given[name] = append(given[name], values...)
	}
	return given, nil, nil
}
