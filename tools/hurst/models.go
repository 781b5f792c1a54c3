package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/wire"
	deployv1 "github.com/longmemory/hurst/proto/deploy/v1"
	"github.com/longmemory/hurst/tools/hurst/internal/client"
	"github.com/longmemory/hurst/tools/hurst/internal/screen"
)

func (a *app) modelsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "models",
		Short:   "Look at learned models and their versions",
		Example: "  hurst models list\n  hurst models show hurst@2",
		GroupID: groupRuns,
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		a.modelCommand("list [NAME]", "List versions, newest first", "list", cobra.MaximumNArgs(1), a.listModels),
		a.modelCommand("show NAME[@VERSION]", "Show a version by its number or alias; without one, the champion", "show hurst@2", cobra.ExactArgs(1), a.showModel),
		a.adaptCommand(),
		a.exportCommand(),
		a.modelCommand("rollback NAME", "Point the champion back at the version before", "rollback hurst", cobra.ExactArgs(1), a.rollback),
	)
	return cmd
}

func (a *app) modelCommand(use, short, example string, args cobra.PositionalArgs, f func(context.Context, *client.Client, string) error) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Example: "  hurst models " + example, Args: args}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return a.with(cmd.Context(), func(ctx context.Context, c *client.Client) error {
			return f(ctx, c, strings.Join(args, ""))
		})
	}
	a.clientFlags(cmd)
	return cmd
}

// versionView is a model's version in JSON.
type versionView struct {
	Model    string          `json:"model"`
	Version  int32           `json:"version"`
	Aliases  []string        `json:"aliases"`
	Kind     string          `json:"kind"`
	MAE      float64         `json:"mae"`
	SE       float64         `json:"mae_se"`
	Run      string          `json:"run"`
	Bundle   string          `json:"bundle"`
	Size     int64           `json:"size"`
	Created  time.Time       `json:"created"`
	Manifest json.RawMessage `json:"manifest,omitempty"`
	Network  []nn.Row        `json:"network,omitempty"` // layer by layer
}

func viewOfVersion(v *deployv1.Version) versionView {
	aliases := v.GetAliases()
	if aliases == nil {
		aliases = []string{}
	}
	return versionView{
		Model: v.GetModel(), Version: v.GetVersion(), Aliases: aliases, Kind: v.GetKind(),
		MAE: v.GetMae(), SE: v.GetMaeSe(), Run: v.GetRun(),
		Bundle: v.GetBundle().GetDigest(), Size: v.GetBundle().GetSize(),
		Created: instant(v.GetCreatedUnixNano()), Manifest: valid(v.GetManifest()), Network: layersOf(v.GetManifest()),
	}
}

// layersOf describes the network of a manifest; nil: it has none.
func layersOf(manifest []byte) []nn.Row {
	var m model.Manifest
	if json.Unmarshal(manifest, &m) != nil || m.Network == nil {
		return nil
	}
	plan, err := m.Network.Plan()
	if err != nil {
		return nil
	}
	return plan.Rows()
}

func (a *app) listModels(ctx context.Context, c *client.Client, name string) error {
	answer, err := rpc.Call[deployv1.ListResponse](ctx, c.Conn, wire.SubjectModels, &deployv1.ListRequest{Model: name})
	if err != nil {
		return err
	}
	if a.json {
		views := make([]versionView, 0, len(answer.GetVersions()))
		for _, v := range answer.GetVersions() {
			views = append(views, viewOfVersion(v))
		}
		return a.printJSON(map[string]any{"versions": views})
	}
	if len(answer.GetVersions()) == 0 {
		a.printf("no models yet; train one with %s\n", a.command("quickstart"))
		return nil
	}
	t := screen.NewTable(a.paint, "model", "alias", "kind", ">validation MAE", "run", "created")
	for _, v := range answer.GetVersions() {
		t.Row(fmt.Sprintf("%s@%d", v.GetModel(), v.GetVersion()), a.paint.Good(strings.Join(v.GetAliases(), ", ")), v.GetKind(),
			fmt.Sprintf("%.4f ± %.4f", v.GetMae(), v.GetMaeSe()), v.GetRun(), instant(v.GetCreatedUnixNano()).Local().Format(time.DateTime))
	}
	return t.Flush(a.out)
}

func (a *app) showModel(ctx context.Context, c *client.Client, which string) error {
	v, err := versionOf(ctx, c, which)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(viewOfVersion(v))
	}
	a.printf("model       %s\n", a.paint.Bold(fmt.Sprintf("%s@%d", v.GetModel(), v.GetVersion())))
	if len(v.GetAliases()) > 0 {
		a.printf("aliases     %s\n", a.paint.Good(strings.Join(v.GetAliases(), ", ")))
	}
	a.printf("kind        %s\n", v.GetKind())
	a.printf("run         %s\n", v.GetRun())
	a.printf("created     %s\n", instant(v.GetCreatedUnixNano()).Local().Format(time.DateTime))
	a.printf("bundle      %s (%s)\n", v.GetBundle().GetDigest(), screen.Bytes(v.GetBundle().GetSize()))
	a.printf("validation  MAE %.4f ± %.4f\n", v.GetMae(), v.GetMaeSe())
	var m model.Manifest
	if json.Unmarshal(v.GetManifest(), &m) == nil {
		return a.showManifest(m)
	}
	return nil
}

func (a *app) rollback(ctx context.Context, c *client.Client, name string) error {
	d, err := rpc.Call[deployv1.Decision](ctx, c.Conn, wire.SubjectRollback, &deployv1.RollbackRequest{Model: name})
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{
			"model": d.GetModel(), "version": d.GetVersion(), "previous": d.GetPrevious(), "alias": d.GetAlias(), "reason": d.GetReason(),
		})
	}
	a.printf("%s of model %s points at version %d again; it pointed at %d\n", d.GetAlias(), d.GetModel(), d.GetVersion(), d.GetPrevious())
	return nil
}
