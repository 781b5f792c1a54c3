package rpc

import (
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/fault"
	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
)

// Whatever comes is read or refused as invalid, and what was read can be answered in kind.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"run":"a"}`), "")
	f.Add([]byte(`{"run":{"run":{"run":1}}}`), "application/json")
	f.Add([]byte("\n{aaaa"), "")
	f.Add([]byte("\x0a\x01a"), "")
	f.Add([]byte("{{{{{{{{"), "")
	f.Fuzz(func(t *testing.T, data []byte, contentType string) {
		asJSON := isJSON(contentType, data)
		m := &pipelinev1.Run{}
		if err := decode(data, asJSON, m); err != nil {
			require.Equal(t, fault.Invalid, fault.CodeOf(err))
			return
		}
		out, err := encode(m, asJSON)
		if !asJSON {
			require.NoError(t, err)
		}
		if err != nil {
			return // proto strings that are not UTF-8 have no JSON
		}
		again := &pipelinev1.Run{}
		require.NoError(t, decode(out, asJSON, again))
		require.True(t, asJSON || proto.Size(m) == proto.Size(again))
	})
}

func FuzzDecodeFault(f *testing.F) {
	f.Add("invalid", "text", "400", []byte("whole text"))
	f.Add("", "foreign", "404", []byte{})
	f.Add("nonsense", "", "", []byte{0xff})
	f.Fuzz(func(t *testing.T, code, text, number string, body []byte) {
		m := nats.NewMsg("x")
		m.Data = body
		m.Header.Set(headerFault, code)
		m.Header.Set("Nats-Service-Error", text)
		m.Header.Set("Nats-Service-Error-Code", number)
		err := decodeFault(m)
		if code == "" && text == "" {
			require.NoError(t, err)
			return
		}
		h, data := encodeFault(err, false)
		again := decodeFault(&nats.Msg{Header: h, Data: data})
		require.Equal(t, fault.CodeOf(err), fault.CodeOf(again))
	})
}
