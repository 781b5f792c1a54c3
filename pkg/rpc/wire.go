package rpc

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"

	"github.com/longmemory/hurst/pkg/fault"
)

// headerFault carries the code of an error; its text is in the micro error header, on one line,
// and whole in the body.
const headerFault = "Hurst-Fault"

const (
	maxErrorText = 16 << 10 // bytes of an error's text that cross
	maxErrorLine = 1 << 10  // of which the header repeats so many
)

// status gives each code the number that NATS micro tools show.
func status(code fault.Code) string {
	switch code {
	case fault.Invalid:
		return "400"
	case fault.NotFound:
		return "404"
	case fault.Conflict:
		return "409"
	case fault.Unavailable:
		return "503"
	}
	return "500"
}

// encodeFault turns an error into the headers and the body of a reply.
func encodeFault(err error, asJSON bool) (nats.Header, []byte) {
	code, text := fault.CodeOf(err), strings.ToValidUTF8(err.Error(), "?")
	if len(text) > maxErrorText {
		text = strings.ToValidUTF8(text[:maxErrorText], "") + " …"
	}
	line := strings.Join(strings.Fields(text), " ")
	if line == "" {
		text, line = "unnamed error", "unnamed error"
	}
	h := nats.Header{}
	h.Set(headerFault, string(code))
	h.Set(micro.ErrorHeader, strings.ToValidUTF8(line[:min(len(line), maxErrorLine)], ""))
	h.Set(micro.ErrorCodeHeader, status(code))
	if !asJSON {
		return h, []byte(text)
	}
	h.Set(headerContentType, contentJSON)
	body, _ := json.Marshal(map[string]string{"code": string(code), "error": text}) // two strings always marshal
	return h, body
}

// decodeFault returns the error that a reply carries, or nil. A reply from a NATS micro service
// that is not ours counts by its number.
func decodeFault(m *nats.Msg) error {
	code, text := m.Header.Get(headerFault), m.Header.Get(micro.ErrorHeader)
	if code == "" && text == "" {
		return nil
	}
	if code == "" {
		code = string(fault.Internal)
		for _, c := range []fault.Code{fault.Invalid, fault.NotFound, fault.Conflict, fault.Unavailable} {
			if status(c) == m.Header.Get(micro.ErrorCodeHeader) {
				code = string(c)
			}
		}
	} else if body := m.Data; len(body) > 0 && m.Header.Get(headerContentType) != contentJSON {
		text = strings.ToValidUTF8(string(body), "?")
	}
	return fault.With(fault.Parse(code), errors.New(text))
}
