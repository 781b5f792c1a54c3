package telemetry

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
)

func TestComplaintIsSeldom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		c := complaint{logger: slog.New(slog.NewTextHandler(&out, nil)), every: time.Minute}
		for range 300 { // five minutes of a loss per second
			c.raise(3, errors.New("refused"))
			time.Sleep(time.Second)
		}
		require.Equal(t, 5, strings.Count(out.String(), "spans lost"))
		require.Contains(t, out.String(), "lost=180")
	})
}

// reply builds an ExportTraceServiceResponse.
func reply(count uint64, message string) []byte {
	var partial []byte
	partial = protowire.AppendTag(partial, 1, protowire.VarintType)
	partial = protowire.AppendVarint(partial, count)
	partial = protowire.AppendTag(partial, 2, protowire.BytesType)
	partial = protowire.AppendString(partial, message)
	return protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), partial)
}

func TestRejected(t *testing.T) {
	t.Parallel()
	require.EqualError(t, rejected(reply(3, "quota")), `receiver refused 3 spans: "quota"`)
	require.NoError(t, rejected(reply(0, "only a remark")))
	require.NoError(t, rejected(nil))
	require.NoError(t, rejected([]byte("{}")))
}

func FuzzRejected(f *testing.F) {
	f.Add([]byte{})
	f.Add(reply(3, "quota"))
	f.Add(reply(1<<63, strings.Repeat("x", 300)))
	f.Add(reply(3, "quota")[:5])
	f.Add([]byte{0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := rejected(b); err != nil && len(err.Error()) > 1000 {
			t.Fatalf("an error of %d bytes", len(err.Error()))
		}
	})
}
