package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/artifact/s3"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/onnx"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/wire"
	deployv1 "github.com/longmemory/hurst/proto/deploy/v1"
	"github.com/longmemory/hurst/tools/hurst/internal/client"
)

// The forms that a model can be exported in.
const (
	formatBundle = "bundle"
	formatONNX   = "onnx"
)

// exportFlags say how a model is exported.
type exportFlags struct {
	format string
	out    string
	member int
}

func (a *app) exportCommand() *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use:   "export NAME[@VERSION]",
		Short: "Write a version to a file, as a bundle or for other programs",
		Long: "Write a model's version (without one, the champion) to a file: as the bundle that Hurst itself keeps, a tar file\n" +
			"of JSON and safetensors, or, of networks, as an ONNX model that other programs run. An ONNX model reads what\n" +
			"its metadata says: a standardised series, or features with the means and scales that stand there. Its\n" +
			"answers have no intervals: these are in the bundle's model.json.",
		Example: "  hurst models export hurst --out hurst.tar\n  hurst models export hurst@2 --format onnx --out hurst.onnx",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(); err != nil {
				return err
			}
			return a.with(cmd.Context(), func(ctx context.Context, c *client.Client) error { return a.export(ctx, c, args[0], f) })
		},
	}
	a.clientFlags(cmd)
	fl := cmd.Flags()
	fl.StringVar(&f.format, "format", formatBundle, "bundle or onnx")
	fl.StringVar(&f.out, "out", "", "file to write")
	fl.IntVar(&f.member, "member", 0, "of an ensemble of networks, the one to write as ONNX, from 1")
	return cmd
}

func (f exportFlags) check() error {
	switch {
	case f.format != formatBundle && f.format != formatONNX:
		return usage("--format is %q; allowed: bundle, onnx", f.format)
	case f.out == "":
		return usage("--out names no file: where is the model to be written?")
	case f.member < 0 || f.member > 0 && f.format != formatONNX:
		return usage("--member is %d: it is from 1 on, and for --format onnx", f.member)
	}
	return nil
}

func (a *app) export(ctx context.Context, c *client.Client, which string, f exportFlags) error {
	v, err := versionOf(ctx, c, which)
	if err != nil {
		return err
	}
	store, err := storeOf(ctx, c)
	if err != nil {
		return err
	}
	defer store.Close()
	data, err := artifact.Get(ctx, store, wire.ToRef(v.GetBundle()))
	if err != nil {
		return err
	}
	if f.format == formatONNX {
		if data, err = exportONNX(v, data, f.member); err != nil {
			return err
		}
	}
	err = writeFile(f.out, func(w io.Writer) error { _, err := w.Write(data); return err })
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s@%d", v.GetModel(), v.GetVersion())
	if a.json {
		return a.printJSON(map[string]any{"model": name, "format": f.format, "file": f.out, "bytes": len(data)})
	}
	a.printf("%s written to %s, %d KiB\n", name, f.out, (len(data)+1023)/1024)
	return nil
}

// exportONNX returns a network of a bundle as an ONNX model.
func exportONNX(v *deployv1.Version, bundle []byte, member int) ([]byte, error) {
	m, err := model.Decode(bundle)
	if err != nil {
		return nil, err
	}
	networks := m.Networks()
	switch {
	case len(networks) == 0:
		return nil, usage("%s@%d is of kind %s, which has no network: export it as a bundle", v.GetModel(), v.GetVersion(), m.Kind)
	case member > len(networks):
		return nil, usage("--member is %d: %s@%d has %d", member, v.GetModel(), v.GetVersion(), len(networks))
	case member == 0 && len(networks) > 1:
		return nil, usage("%s@%d is an ensemble of %d networks, and an ONNX model has one: choose it by --member", v.GetModel(), v.GetVersion(), len(networks))
	}
	n := networks[max(0, member-1)]
	about := map[string]string{
		"model": fmt.Sprintf("%s@%d", v.GetModel(), v.GetVersion()), "kind": m.Kind, "bundle": v.GetBundle().GetDigest(),
		"lengths": fmt.Sprintf("%d to %d", m.Lengths.Min, m.Lengths.Max), "hurst": fmt.Sprintf("%g to %g", m.HRange.Min, m.HRange.Max),
	}
	if n.Inputs.Mean != nil {
		about[onnx.KeyFeatures] = strings.Join(m.Features.Names, ",")
		about["feature_set"] = fmt.Sprintf("%s/%d", m.Features.Set, m.Features.Version)
		about["feature_means"], about["feature_scales"] = joined(n.Inputs.Mean), joined(n.Inputs.Scale)
	}
	return onnx.Encode(n.Plan, n.Weights, about)
}

func joined(values []float64) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strings.Join(texts, ",")
}

// versionOf asks for a model's version.
func versionOf(ctx context.Context, c *client.Client, which string) (*deployv1.Version, error) {
	name, version, _ := strings.Cut(which, "@")
	return rpc.Call[deployv1.Version](ctx, c.Conn, wire.SubjectModel, &deployv1.ShowRequest{Model: name, Version: version})
}

// storeOf opens the system's object store.
func storeOf(ctx context.Context, c *client.Client) (*s3.Store, error) {
	if c.Endpoints.S3.Endpoint == "" {
		return nil, fault.New(fault.Invalid, "the object store is not known: set HURST_S3_ENDPOINT, HURST_S3_ACCESS_KEY and HURST_S3_SECRET_KEY")
	}
	return openStore(ctx, c.Endpoints.S3)
}
