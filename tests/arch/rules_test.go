package arch

import "testing"

// TestRules shows by example what the rules let through and what they stop.
func TestRules(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		path, imports string
		fine          bool
	}{
		{"pkg/nn/train.go", "math", true},
		{"pkg/nn/train.go", "math/rand/v2", true},
		{"pkg/nn/train.go", "math/rand", false},
		{"pkg/nn/train.go", "time", false},
		{"pkg/nn/train.go", "context", false},
		{"pkg/nn/train.go", "log/slog", false},
		{"pkg/nn/train.go", "net/http", false},
		{"pkg/nn/train.go", "os", false},
		{"pkg/nn/train.go", "gonum.org/v1/gonum/mat", true},
		{"pkg/nn/train.go", "go.opentelemetry.io/otel", false},
		{"pkg/nn/train.go", module + "/pkg/process", true},
		{"pkg/nn/train.go", module + "/pkg/fault", false},
		{"pkg/nn/train.go", module + "/pkg/series", false},
		{"pkg/nn/native/gemm.go", "golang.org/x/sys/cpu", true},
		{"pkg/nn/train_test.go", "time", true},
		{"pkg/nn/train_test.go", "github.com/stretchr/testify/require", true},
		{"pkg/nn/train_test.go", module + "/pkg/series", false},

		{"pkg/model/bundle.go", "context", true},
		{"pkg/model/bundle.go", module + "/pkg/nn", true},
		{"pkg/model/bundle.go", module + "/pkg/artifact", true},
		{"pkg/model/bundle.go", module + "/pkg/artifact/s3", false},
		{"pkg/model/bundle.go", module + "/pkg/fault", false},
		{"pkg/model/bundle.go", module + "/proto/work/v1", false},
		{"pkg/model/bundle.go", "github.com/nats-io/nats.go", false},
		{"pkg/dataset/shard.go", "github.com/apache/arrow-go/v18/parquet", true},
		{"pkg/artifact/artifacttest/suite.go", "testing", true},

		{"pkg/rpc/rpc.go", "github.com/nats-io/nats.go", true},
		{"pkg/rpc/rpc.go", module + "/pkg/fault", true},
		{"pkg/rpc/rpc.go", module + "/pkg/model", false},
		{"pkg/embedded/s3.go", module + "/pkg/artifact", false},

		{"pkg/artifact/s3/store.go", module + "/pkg/artifact", true},
		{"pkg/artifact/s3/store.go", module + "/pkg/telemetry", true},
		{"pkg/wire/run.go", module + "/proto/pipeline/v1", true},
		{"pkg/worker/worker.go", module + "/services/datagen", false},

		{"proto/work/v1/work.pb.go", "google.golang.org/protobuf/proto", true},
		{"proto/work/v1/work.pb.go", module + "/pkg/fault", false},

		{"services/datagen/datagen.go", module + "/pkg/worker", true},
		{"services/datagen/datagen.go", module + "/services/trainer", false},
		{"services/datagen/datagen_test.go", module + "/services/trainer", false},
		{"services/datagen/cmd/datagen/main.go", module + "/services/datagen", true},
		{"services/datagen/cmd/datagen/main.go", module + "/services/data", false},
		{"services/datagen/cmd/datagen/main.go", module + "/tools/hurst", false},

		{"tools/hurst/up.go", module + "/services/datagen", true},
		{"tools/hurst/up/up.go", module + "/services/datagen", true},
		{"tools/hurst/main.go", module + "/tools/hurst/up", true},
		{"tools/bench/main.go", module + "/services/datagen", false},
		{"tools/bench/main.go", module + "/tools/hurst", false},
		{"tests/e2e/e2e_test.go", module + "/services/datagen", true},

		{"pkg/unheard/of.go", "fmt", false},
		{"main.go", "fmt", false},
		{"pkg/rpc/rpc.go", module + "/pkg/unheard", false},
	} {
		got := check(file{path: c.path, imports: []string{c.imports}})
		if fine := len(got) == 0; fine != c.fine {
			t.Errorf("%s imports %q: fine is %v, want %v; %q", c.path, c.imports, fine, c.fine, got)
		}
	}
}
