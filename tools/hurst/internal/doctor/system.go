package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hibiken/asynq"
	"github.com/nats-io/nats.go"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/artifact/s3"
	"github.com/longmemory/hurst/pkg/embedded"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/job"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/tools/hurst/internal/client"
	"github.com/longmemory/hurst/tools/hurst/internal/screen"
)

const (
	eachLimit = 3 * time.Second        // for one check
	gather    = 100 * time.Millisecond // for all services to say that they are there
)

// System looks at the system that is meant, if it is running.
func System(ctx context.Context, o client.Options) []Check {
	endpoints, err := client.Find(o)
	if err != nil {
		if fault.CodeOf(err) == fault.Unavailable {
			return []Check{{Name: "system", State: Skipped, Found: "not running"}}
		}
		return []Check{{Name: "system", State: Failed, Found: err.Error()}}
	}
	c, err := client.DialTo(ctx, endpoints, o)
	if err != nil {
		return []Check{{Name: "nats", State: Failed, Found: err.Error(), Hint: "is the system still running?"}}
	}
	defer c.Close() //nolint:errcheck // nothing is left to send
	found := "at " + endpoints.NATS.URL
	if endpoints.PID != 0 {
		found = fmt.Sprintf("process %d", endpoints.PID)
	}
	checks := []Check{{Name: "system", State: OK, Found: found}, roundTrip(c.Raw())}
	checks = append(checks, redis(ctx, endpoints.Redis), objects(ctx, endpoints.S3))
	checks = append(checks, services(ctx, c.Raw())...)
	checks = append(checks, workers(endpoints.Redis)...)
	return append(checks, gateway(ctx, endpoints.GatewayURL))
}

func roundTrip(nc *nats.Conn) Check {
	return timed("nats", func() (string, error) {
		rtt, err := nc.RTT()
		return fmt.Sprintf("server %s, round trip %s", nc.ConnectedServerVersion(), screen.Duration(rtt)), err
	}, "restart the system")
}

func redis(ctx context.Context, e embedded.RedisEndpoint) Check {
	if e.Addr == "" {
		return Check{Name: "redis", State: Skipped, Found: "address not known", Hint: "set HURST_REDIS_ADDR"}
	}
	c, err := job.NewClient(job.ClientConfig{Redis: job.Redis{Addr: e.Addr, Password: e.Password}})
	if err != nil {
		return Check{Name: "redis", State: Failed, Found: err.Error()}
	}
	defer c.Close() //nolint:errcheck // only looked
	ctx, cancel := context.WithTimeout(ctx, eachLimit)
	defer cancel()
	if err := c.Ping(ctx); err != nil { // this one also connects
		return Check{Name: "redis", State: Failed, Found: err.Error(), Hint: "restart the system, or check the address"}
	}
	return timed("redis", func() (string, error) { return "at " + e.Addr, c.Ping(ctx) }, "")
}

func objects(ctx context.Context, e embedded.S3Endpoint) Check {
	if e.Endpoint == "" {
		return Check{Name: "object store", State: Skipped, Found: "address not known", Hint: "set HURST_S3_ENDPOINT"}
	}
	ctx, cancel := context.WithTimeout(ctx, eachLimit)
	defer cancel()
	store, err := s3.Open(ctx, s3.Config{Endpoint: e.Endpoint, Bucket: e.Bucket, Region: e.Region, AccessKey: e.AccessKey, SecretKey: e.SecretKey})
	if err != nil {
		return Check{Name: "object store", State: Failed, Found: err.Error()}
	}
	defer store.Close()
	return timed("object store", func() (string, error) {
		_, err := store.Read(ctx, "doctor/not-there")
		if errors.Is(err, artifact.ErrNotFound) {
			err = nil
		}
		return "bucket " + e.Bucket, err
	}, "")
}

// services asks who answers requests.
func services(ctx context.Context, nc *nats.Conn) []Check {
	counts, err := present(ctx, nc)
	if err != nil {
		return []Check{{Name: "services", State: Failed, Found: err.Error()}}
	}
	var checks []Check
	for _, name := range []string{"orchestrator", "deployer", "inference", "gateway"} {
		checks = append(checks, presence(name, counts["hurst-"+name], "instance"))
	}
	return checks
}

func presence(name string, n int, noun string) Check {
	switch n {
	case 0:
		return Check{Name: name, State: Failed, Found: "does not answer", Hint: "look at the logs of `hurst up`"}
	case 1:
		return Check{Name: name, State: OK, Found: "1 " + noun}
	}
	return Check{Name: name, State: OK, Found: fmt.Sprintf("%d %ss", n, noun)}
}

// present counts the instances of each micro service.
func present(ctx context.Context, nc *nats.Conn) (map[string]int, error) {
	inbox := nc.NewRespInbox()
	sub, err := nc.SubscribeSync(inbox)
	if err != nil {
		return nil, err
	}
	defer sub.Unsubscribe() //nolint:errcheck // fails only when the connection is closed
	if err := nc.PublishRequest("$SRV.PING", inbox, nil); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, gather)
	defer cancel()
	counts := map[string]int{}
	for {
		m, err := sub.NextMsgWithContext(ctx)
		if err != nil {
			return counts, nil // the time is over, or nobody is there
		}
		var who struct {
			Name string `json:"name"`
		}
		if json.Unmarshal(m.Data, &who) == nil {
			counts[who.Name]++
		}
	}
}

// workers looks who takes tasks from the queues.
func workers(e embedded.RedisEndpoint) []Check {
	if e.Addr == "" {
		return nil
	}
	inspector := asynq.NewInspector(asynq.RedisClientOpt{Addr: e.Addr, Password: e.Password, DialTimeout: eachLimit, ReadTimeout: eachLimit})
	defer inspector.Close() //nolint:errcheck // only looked
	servers, err := inspector.Servers()
	if err != nil {
		return []Check{{Name: "workers", State: Failed, Found: err.Error()}}
	}
	counts := map[string]int{}
	for _, s := range servers {
		for queue := range s.Queues {
			counts[queue]++
		}
	}
	var checks []Check
	for _, w := range [][2]string{
		{"datagen", pipeline.QueueDatagen}, {"extractor", pipeline.QueueFeatures},
		{"tuner", pipeline.QueueTune}, {"trainer", pipeline.QueueTrain},
	} {
		checks = append(checks, presence(w[0], counts[w[1]], "worker"))
	}
	return checks
}

func gateway(ctx context.Context, url string) Check {
	if url == "" {
		return Check{Name: "http", State: Skipped, Found: "address not known"}
	}
	return timed("http", func() (string, error) {
		ctx, cancel := context.WithTimeout(ctx, eachLimit)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(url, "/")+"/readyz", nil)
		if err != nil {
			return "", err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		if !slices.Contains([]int{http.StatusOK, http.StatusServiceUnavailable}, resp.StatusCode) {
			return "", fmt.Errorf("%s answers %s", url, resp.Status)
		}
		if resp.StatusCode != http.StatusOK {
			return url + ", not ready", nil
		}
		return url, nil
	}, "")
}
