package arch

// module is the path that every import of our own begins with.
const module = "github.com/longmemory/hurst"

// A layer is a set of packages that may import the same things.
type layer string

const (
	numerics layer = "numerics" // the science: pure functions
	domain   layer = "domain"   // what the field's words mean, without any server
	platform layer = "platform" // what any distributed program needs, without the field
	adapter  layer = "adapter"  // where domain meets platform and the wire
	contract layer = "contract" // proto: what services say to each other
	service  layer = "service"  // the eight services
	tool     layer = "tool"     // the CLI and generators of checked-in code
	outer    layer = "test"     // tests that look at the whole tree
	data     layer = "data"     // specs and series that are embedded, and nothing else
)

// packages puts every folder with Go code into a layer; the longest match counts, so a package
// below a listed one belongs to the same layer. A new package joins the list in the same commit.
var packages = map[string]layer{
	"pkg/conformal":     numerics,
	"pkg/contamination": numerics,
	"pkg/ensemble":      numerics,
	"pkg/estimator":     numerics,
	"pkg/feature":       numerics,
	"pkg/fft":           numerics,
	"pkg/mixture":       numerics,
	"pkg/gram":          numerics,
	"pkg/nn":            numerics,
	"pkg/process":       numerics,
	"pkg/safetensors":   numerics,
	"pkg/ridge":         numerics,
	"pkg/search":        numerics,
	"pkg/significance":  numerics,
	"pkg/surrogate":     numerics,
	"pkg/svr":           numerics,
	"pkg/tree":          numerics,
	"pkg/wavelet":       numerics,

	"pkg/artifact": domain,
	"pkg/dataset":  domain,
	"pkg/model":    domain,
	"pkg/pipeline": domain,
	"pkg/registry": domain,
	"pkg/seal":     domain,
	"pkg/series":   domain,

	"pkg/config":    platform,
	"pkg/embedded":  platform,
	"pkg/fault":     platform,
	"pkg/job":       platform,
	"pkg/rpc":       platform,
	"pkg/service":   platform,
	"pkg/telemetry": platform,

	"pkg/artifact/s3": adapter,
	"pkg/connect":     adapter,
	"pkg/onnx":        adapter, // it writes protobuf, which neither numerics nor domain may import
	"pkg/wire":        adapter,
	"pkg/worker":      adapter,

	"pipelines": data,
	"proto":     contract,
	"services":  service,
	"testdata":  data,
	"tests":     outer,
	"tools":     tool,
}

// A rule says what a layer may import, and why nothing else.
type rule struct {
	layers []layer  // of our own module
	std    []string // standard library packages that it must not import, with what is below them
	deny   []string // modules of others that it must not import, by prefix
	allow  []string // the only modules of others that it may import, by prefix; nil: all but deny
	why    string
}

// rules holds one rule a layer. The standard library and the modules of others are free in
// test files; the layers of our own are not, for a test that climbs is a sign of a wrong seam.
var rules = map[layer]rule{
	numerics: {
		layers: []layer{numerics, data},
		std: []string{"context", "log", "net", "os", "syscall", "time",
			"crypto/rand", "math/rand"},
		allow: []string{"gonum.org/v1/gonum", "golang.org/x/sys/cpu", "golang.org/x/exp",
			"github.com/klauspost/cpuid", "gorgonia.org", "go4.org/unsafe"},
		why: "numerics are pure: the same input and seed give the same bytes, with no clock, log, network or file",
	},
	domain: {
		layers: []layer{domain, numerics, data},
		std:    []string{"log", "net", "syscall"},
		deny:   sdks,
		why:    "the domain knows the field, not the servers: proto, NATS, asynq, SDKs and fault codes stay outside",
	},
	platform: {
		layers: []layer{platform, contract},
		why:    "the platform would serve any program: it knows neither the domain nor the numerics",
	},
	adapter: {
		layers: []layer{adapter, platform, domain, numerics, contract, data},
		why:    "adapters join domain and platform; nothing below a service knows a service",
	},
	data: {
		layers: []layer{},
		allow:  []string{},
		why:    "embedded data imports nothing",
	},
	contract: {
		layers: []layer{contract},
		allow:  []string{"google.golang.org/protobuf"},
		why:    "the wire contract stands alone",
	},
	service: {
		layers: []layer{adapter, platform, domain, numerics, contract, data},
		why:    "services meet in proto/, never in Go: only tools/hurst brings several together",
	},
	tool: {
		layers: []layer{adapter, platform, domain, numerics, contract, data},
		why:    "of the tools only tools/hurst starts services, and tools do not build on each other",
	},
	outer: {
		layers: []layer{outer, service, adapter, platform, domain, numerics, contract, data},
		why:    "tests drive the tools as programs, not as packages",
	},
}

// sdks are the modules that speak to servers.
var sdks = []string{
	"github.com/alicebob/miniredis",
	"github.com/aws/",
	"github.com/hibiken/asynq",
	"github.com/minio/",
	"github.com/nats-io/",
	"github.com/prometheus/",
	"github.com/redis/",
	"github.com/versity/",
	"go.opentelemetry.io/",
	"google.golang.org/grpc",
	"google.golang.org/protobuf",
}

// exceptions are the imports that break a rule on purpose. One that nothing uses any more fails
// the test, so that the list only says what is so.
var exceptions = []exception{
	{"pkg/nn/graph", "github.com/chewxy/hm", "the types in which gorgonia's operations say what they take"},
}

// An exception lets the files of one folder import one path.
type exception struct {
	dir  string // from the repository's root, with slashes
	path string // import path
	why  string
}
