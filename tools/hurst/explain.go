package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/wire"
	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
	"github.com/longmemory/hurst/tools/hurst/internal/client"
	"github.com/longmemory/hurst/tools/hurst/internal/screen"
)

type explainedTask struct {
	Stage   string  `json:"stage"`
	Unit    string  `json:"unit"`
	Key     string  `json:"key,omitempty"`
	Cached  bool    `json:"cached"`
	Reason  string  `json:"reason"`
	Seconds float64 `json:"seconds"`
	Engine  string  `json:"engine,omitempty"`
}

// explainRun says of each task why it was executed.
func (a *app) explainRun(ctx context.Context, c *client.Client, run string) error {
	e, err := rpc.Call[pipelinev1.Explanation](ctx, c.Conn, wire.SubjectExplain, &pipelinev1.ExplainRequest{Run: run})
	if err != nil {
		return err
	}
	all := make([]explainedTask, 0, len(e.GetTasks()))
	for _, t := range e.GetTasks() {
		all = append(all, explainedTask{t.GetStage(), t.GetUnit(), t.GetKey(), t.GetCached(), t.GetReason(), t.GetSeconds(), t.GetEngine()})
	}
	if a.json {
		return a.printJSON(map[string]any{"run": e.GetRun(), "compared_with": e.GetComparedWith(), "tasks": all})
	}
	if with := e.GetComparedWith(); with != "" {
		a.printf("compared with run %s\n", with)
	}
	t := screen.NewTable(a.paint, "stage", "task", "", ">took", "why")
	saved := 0.0
	for _, task := range all {
		how := "executed"
		if task.Cached {
			how = a.paint.Dim("memo")
			saved += task.Seconds
		}
		t.Row(task.Stage, task.Unit, how, screen.Seconds(task.Seconds), task.Reason)
	}
	if err := t.Flush(a.out); err != nil {
		return err
	}
	if saved > 0 {
		a.printf("memos saved %s of work\n", screen.Seconds(saved))
	}
	return nil
}

func (a *app) proveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "prove RUN",
		Short: "Execute a run's tasks again and compare the outcomes, byte by byte",
		Long: "Execute all tasks of a run again, in a run of its own whose tasks no memo answers, and compare what\n" +
			"came of each. Equal means: the same spec and seed gave the same digests.",
		Example: "  hurst runs prove r0123456789ab",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), func(ctx context.Context, c *client.Client) error { return a.prove(ctx, c, args[0]) })
		},
	}
	a.clientFlags(cmd)
	return cmd
}

type provedTask struct {
	Stage  string `json:"stage"`
	Unit   string `json:"unit"`
	Equal  bool   `json:"equal"`
	Detail string `json:"detail,omitempty"`
}

func (a *app) prove(ctx context.Context, c *client.Client, run string) error {
	w, err := watch(c)
	if err != nil {
		return err
	}
	defer w.close()
	started, err := rpc.Call[pipelinev1.Proof](ctx, c.Conn, wire.SubjectProve, &pipelinev1.ProveRequest{Run: run})
	if err != nil {
		return err
	}
	again := started.GetProofRun()
	if !a.json {
		a.printf("run %s is executed again as %s\n", run, again)
	}
	r, err := a.showProgress(ctx, c, w, again)
	if err != nil {
		return err
	}
	if err := outcome(r); err != nil {
		return err
	}
	proof, err := rpc.Call[pipelinev1.Proof](ctx, c.Conn, wire.SubjectProve, &pipelinev1.ProveRequest{Run: run, ProofRun: again})
	if err != nil {
		return err
	}
	return a.showProof(proof)
}

func (a *app) showProof(p *pipelinev1.Proof) error {
	all := make([]provedTask, 0, len(p.GetTasks()))
	differ := 0
	for _, t := range p.GetTasks() {
		all = append(all, provedTask{t.GetStage(), t.GetUnit(), t.GetEqual(), t.GetDetail()})
		if !t.GetEqual() {
			differ++
		}
	}
	if a.json {
		err := a.printJSON(map[string]any{"run": p.GetRun(), "proof_run": p.GetProofRun(), "equal": p.GetEqual(), "tasks": all})
		if err != nil {
			return err
		}
	}
	if p.GetEqual() {
		if !a.json {
			a.printf("%s: %s gave the same bytes again\n", a.paint.Good("proved"), plural(len(all), "task"))
		}
		return nil
	}
	if !a.json {
		for _, t := range all {
			if !t.Equal {
				a.printf("%s  %s/%s: %s\n", a.paint.Bad("differs"), t.Stage, t.Unit, screen.Clean(t.Detail))
			}
		}
	}
	err := fmt.Errorf("run %s is not proved: %d of %s differ", p.GetRun(), differ, plural(len(all), "task"))
	if a.json {
		fmt.Fprintf(a.err, "hurst: %v\n", err)
		return errReported
	}
	return err
}
