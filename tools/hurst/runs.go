package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/wire"
	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
	"github.com/longmemory/hurst/tools/hurst/internal/client"
	"github.com/longmemory/hurst/tools/hurst/internal/screen"
)

func (a *app) runsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "runs",
		Short:   "Look at runs and steer them",
		Example: "  hurst runs list\n  hurst runs show r0123456789ab",
		GroupID: groupRuns,
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		a.runsListCommand(),
		a.runCommand("show RUN", "Show a run", a.showRun),
		a.runCommand("follow RUN", "Show a run's progress until it ends; Ctrl-C leaves it running", a.follow),
		a.runCommand("cancel RUN", "Stop a run; what is done stays done", a.cancelRun),
		a.runCommand("resume RUN", "Go on with a run that failed or was cancelled", a.resumeRun),
		a.runCommand("explain RUN", "Say of each task why it was executed, or which memo answered it", a.explainRun),
		a.proveCommand(),
	)
	return cmd
}

// runCommand is a command about one run.
func (a *app) runCommand(use, short string, f func(context.Context, *client.Client, string) error) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.ExactArgs(1)}
	cmd.Example = "  hurst runs " + use[:len(use)-len("RUN")] + "r0123456789ab"
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return a.with(cmd.Context(), func(ctx context.Context, c *client.Client) error { return f(ctx, c, args[0]) })
	}
	a.clientFlags(cmd)
	return cmd
}

func (a *app) runsListCommand() *cobra.Command {
	var limit int32
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List runs, newest first",
		Example: "  hurst runs list --limit 10",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 || limit > 1000 {
				return usage("--limit is %d; allowed: 1 to 1000", limit)
			}
			return a.with(cmd.Context(), func(ctx context.Context, c *client.Client) error { return a.listRuns(ctx, c, limit) })
		},
	}
	a.clientFlags(cmd)
	cmd.Flags().Int32Var(&limit, "limit", 20, "how many runs")
	return cmd
}

func (a *app) listRuns(ctx context.Context, c *client.Client, limit int32) error {
	answer, err := rpc.Call[pipelinev1.ListResponse](ctx, c.Conn, wire.SubjectList, &pipelinev1.ListRequest{Limit: limit})
	if err != nil {
		return err
	}
	if a.json {
		views := make([]runView, 0, len(answer.GetRuns()))
		for _, r := range answer.GetRuns() {
			views = append(views, viewOf(r))
		}
		return a.printJSON(map[string]any{"runs": views})
	}
	if len(answer.GetRuns()) == 0 {
		a.printf("no runs yet; start one with %s\n", a.command("submit", "SPEC"))
		return nil
	}
	t := screen.NewTable(a.paint, "run", "pipeline", "status", "started", ">took", "outcome")
	for _, r := range answer.GetRuns() {
		t.Row(r.GetId(), r.GetName(), a.paint.Status(r.GetStatus()),
			instant(r.GetCreatedUnixNano()).Local().Format(time.DateTime), screen.Duration(lasted(r)), shortOutcome(r))
	}
	return t.Flush(a.out)
}

// shortOutcome says in a few words what came of a run.
func shortOutcome(r *pipelinev1.Run) string {
	if r.GetError() != "" {
		return screen.Clip(r.GetError(), 60)
	}
	d, ok := decision(r)
	switch {
	case !ok:
		return ""
	case d.Promoted:
		return fmt.Sprintf("promoted %s@%d", d.Model, d.Version)
	}
	return fmt.Sprintf("%s@%d not promoted", d.Model, d.Version)
}

func (a *app) showRun(ctx context.Context, c *client.Client, run string) error {
	r, err := getRun(ctx, c, run)
	if err != nil {
		return err
	}
	return a.printRun(r)
}

// printRun prints all that is known of a run.
func (a *app) printRun(r *pipelinev1.Run) error {
	if a.json {
		return a.printJSON(viewOf(r))
	}
	a.printf("run      %s of pipeline %s\n", a.paint.Bold(r.GetId()), screen.Clean(r.GetName()))
	a.printf("status   %s after %s\n", a.paint.Status(r.GetStatus()), screen.Duration(lasted(r)))
	if r.GetError() != "" {
		a.printf("error    %s\n", cleanLines(r.GetError()))
	}
	a.printf("started  %s\n", instant(r.GetCreatedUnixNano()).Local().Format(time.DateTime))
	a.printf("trace    %s\n", r.GetTraceId())
	if len(r.GetStages()) > 0 {
		a.printf("\n")
		t := screen.NewTable(a.paint, "stage", "kind", "status", ">tasks", ">time", "")
		for _, s := range r.GetStages() {
			took := ""
			if s.GetElapsedSeconds() > 0 {
				took = screen.Seconds(s.GetElapsedSeconds())
			}
			t.Row(s.GetName(), s.GetKind(), a.paint.Status(s.GetStatus()), tasks(s), took, screen.Clip(s.GetNote(), 60))
		}
		if err := t.Flush(a.out); err != nil {
			return err
		}
	}
	a.showBoard(r, 0)
	a.showDecision(r)
	return nil
}

func (a *app) follow(ctx context.Context, c *client.Client, run string) error {
	w, err := watch(c)
	if err != nil {
		return err
	}
	defer w.close()
	return a.followRun(ctx, c, w, run, 0)
}

func (a *app) cancelRun(ctx context.Context, c *client.Client, run string) error {
	r, err := rpc.Call[pipelinev1.Run](ctx, c.Conn, wire.SubjectCancel, &pipelinev1.CancelRequest{Run: run})
	if err != nil || a.json {
		return a.answered(r, err)
	}
	a.printf("run %s is %s; to go on with it later: %s\n", r.GetId(), a.paint.Status(r.GetStatus()), a.command("runs", "resume", r.GetId()))
	return nil
}

func (a *app) resumeRun(ctx context.Context, c *client.Client, run string) error {
	r, err := rpc.Call[pipelinev1.Run](ctx, c.Conn, wire.SubjectResume, &pipelinev1.ResumeRequest{Run: run})
	if err != nil || a.json {
		return a.answered(r, err)
	}
	a.printf("run %s is %s; follow it with %s\n", r.GetId(), a.paint.Status(r.GetStatus()), a.command("runs", "follow", r.GetId()))
	return nil
}

// answered prints a run in JSON, unless there was an error.
func (a *app) answered(r *pipelinev1.Run, err error) error {
	if err != nil {
		return err
	}
	return a.printJSON(viewOf(r))
}
