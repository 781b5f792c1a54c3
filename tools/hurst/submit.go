package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/wire"
	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
	"github.com/longmemory/hurst/tools/hurst/internal/client"
)

// maxSpec is the largest spec that is read.
const maxSpec = 1 << 20

func (a *app) submitCommand() *cobra.Command {
	var follow, fresh bool
	var key string
	cmd := &cobra.Command{
		Use:   "submit SPEC",
		Short: "Start a run of a pipeline",
		Long: "Start a run of a pipeline. The spec is YAML or JSON, - is the standard input; `hurst schema` says\n" +
			"what it may hold. Tasks that were done before, in whatever run, are answered from memos.",
		Example: "  hurst submit pipelines/quickstart.yaml --follow\n  hurst submit spec.yaml --key nightly-2026-11-23 --json",
		GroupID: groupRuns,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, spec, err := a.readSpec(args[0])
			if err != nil {
				return err
			}
			if fresh {
				if text, err = salted(text); err != nil {
					return err
				}
			}
			return a.with(cmd.Context(), func(ctx context.Context, c *client.Client) error {
				return a.submit(ctx, c, text, key, follow, gateLength(spec))
			})
		},
	}
	a.clientFlags(cmd)
	cmd.Flags().BoolVar(&follow, "follow", false, "show progress until the run ends")
	cmd.Flags().BoolVar(&fresh, "fresh", false, "answer nothing from memos: every task is executed")
	cmd.Flags().StringVar(&key, "key", "", "equal keys name one run, so that a submission can be repeated (default: a new run)")
	return cmd
}

// submitted is what `hurst submit --json` prints first.
type submitted struct {
	Run     string `json:"run"`
	Created bool   `json:"created"`
	TraceID string `json:"trace_id"`
}

// submit starts a run and, if asked to, follows it.
func (a *app) submit(ctx context.Context, c *client.Client, spec []byte, key string, follow bool, length int) error {
	w, err := watch(c)
	if err != nil {
		return err
	}
	defer w.close()
	s, err := send(ctx, c, spec, key)
	if err != nil {
		return err
	}
	switch {
	case a.json:
		if err := a.printJSON(s); err != nil {
			return err
		}
	case s.Created:
		a.printf("run %s submitted, trace %s\n", s.Run, s.TraceID)
	default:
		a.printf("run %s has this key already\n", s.Run)
	}
	if follow {
		return a.followRun(ctx, c, w, s.Run, length)
	}
	if !a.json {
		a.printf("follow it with %s\n", a.command("runs", "follow", s.Run))
	}
	return nil
}

// send submits a spec under a key; an empty key is a new one.
func send(ctx context.Context, c *client.Client, spec []byte, key string) (submitted, error) {
	if key == "" {
		key = rand.Text()
	}
	var s submitted
	err := traced(ctx, c, "hurst submit", func(ctx context.Context, trace string) error {
		answer, err := rpc.Call[pipelinev1.SubmitResponse](ctx, c.Conn, wire.SubjectSubmit, &pipelinev1.SubmitRequest{Spec: spec, Key: key})
		s = submitted{Run: answer.GetRun(), Created: answer.GetCreated(), TraceID: trace}
		return err
	})
	return s, err
}

// readSpec reads and checks a spec.
func (a *app) readSpec(path string) ([]byte, pipeline.Spec, error) {
	in := a.in
	if path != "-" {
		f, err := openFile(path)
		if err != nil {
			return nil, pipeline.Spec{}, err
		}
		defer f.Close()
		in = f
	}
	text, err := readLimited(in, specName(path), maxSpec)
	if err != nil {
		return nil, pipeline.Spec{}, err
	}
	spec, err := pipeline.Parse(text)
	return text, spec, specError(path, err)
}

// specError makes what is wrong with a spec an error of the person who wrote it.
func specError(path string, err error) error {
	var wrong *pipeline.SpecError
	if errors.As(err, &wrong) {
		return usage("%s: %w", specName(path), err)
	}
	return err
}

func specName(path string) string {
	if path == "-" {
		return "the spec on standard input"
	}
	return path
}

// openFile opens a file that a person named.
func openFile(path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.With(fault.Invalid, err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		_ = f.Close()
		return nil, usage("%s is a directory: name a file", path)
	}
	return f, nil
}

// salted returns a valid spec with a salt of its own.
func salted(spec []byte) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(spec, &doc); err != nil {
		return nil, usage("read the spec: %w", err)
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, usage("the spec is no mapping")
	}
	root := doc.Content[0]
	value := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: rand.Text()}
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == "salt" {
			root.Content[i+1] = value
			return encodeYAML(&doc)
		}
	}
	root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "salt"}, value)
	return encodeYAML(&doc)
}

func encodeYAML(doc *yaml.Node) ([]byte, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	if err := enc.Encode(doc); err != nil {
		return nil, err
	}
	return b.Bytes(), enc.Close()
}

// gateLength is the series length at which a spec's gate compares models; zero: all.
func gateLength(spec pipeline.Spec) int {
	for _, s := range spec.Stages {
		if s.Deploy != nil {
			return s.Deploy.Gate.Length
		}
	}
	return 0
}
