package gateway

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/fault"
)

const contentJSON = "application/json"

// reply is the answer to a request.
type reply struct {
	status      int    // zero: 200
	contentType string // empty: JSON
	location    string // of what was made; empty: nothing
	body        []byte
}

// statusOf gives each fault code its HTTP status.
func statusOf(err error) int {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return http.StatusRequestEntityTooLarge
	}
	switch fault.CodeOf(err) {
	case fault.Invalid:
		return http.StatusBadRequest
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// failure is the answer that says what was wrong.
func failure(err error) reply {
	type object struct {
		Code    fault.Code `json:"code"`
		Message string     `json:"message"`
	}
	body, _ := json.Marshal(map[string]object{"error": {fault.CodeOf(err), err.Error()}}) // strings always marshal
	return reply{status: statusOf(err), body: body}
}

// write sends the answer. That the client has gone by then is no matter.
func (a reply) write(w http.ResponseWriter) int {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if a.contentType == "" {
		a.contentType = contentJSON
	}
	if a.contentType == contentJSON && len(a.body) > 0 {
		a.body = append(a.body, '\n')
	}
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("Cache-Control", "no-store")
	if a.location != "" {
		h.Set("Location", a.location)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
	return a.status
}

// render writes a message as JSON, with the names of the .proto file and with zeros. Fields of
// type bytes that hold JSON documents are named in documents, and appear as JSON.
func render(m proto.Message, documents ...string) ([]byte, error) {
	data, err := protojson.MarshalOptions{UseProtoNames: true, EmitDefaultValues: true}.Marshal(m)
	if err != nil {
		return nil, err
	}
	if len(documents) == 0 {
		var compact bytes.Buffer // protojson's spaces differ from build to build, to be relied on by nobody
		err := json.Compact(&compact, data)
		return compact.Bytes(), err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return nil, err
	}
	for _, name := range documents {
		unfold(tree, name)
	}
	return json.Marshal(tree)
}

// unfold replaces the base64 text of every field with that name by the JSON in it, or by null.
func unfold(tree any, name string) {
	switch x := tree.(type) {
	case []any:
		for _, v := range x {
			unfold(v, name)
		}
	case map[string]any:
		for key, v := range x {
			text, ok := v.(string)
			if key != name || !ok {
				unfold(v, name)
				continue
			}
			document, err := base64.StdEncoding.DecodeString(text)
			if x[key] = nil; err == nil && json.Valid(document) {
				x[key] = json.RawMessage(document)
			}
		}
	}
}
