package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/longmemory/hurst/tools/hurst/internal/doctor"
	"github.com/longmemory/hurst/tools/hurst/internal/screen"
)

func (a *app) doctorCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check this machine and the running system",
		Long: "Check what hurst needs of this machine, which engines of neural networks it has and how fast each is on\n" +
			"one core, and, if a system is running, whether its servers and services answer and how fast. The exit code is 1 when something does not work.",
		Example: "  hurst doctor --json",
		GroupID: groupSystem,
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.doctor(cmd.Context()) },
	}
	a.clientFlags(cmd)
	return cmd
}

func (a *app) doctor(ctx context.Context) error {
	dir, err := a.dir()
	if err != nil {
		return err
	}
	checks := slices.Concat(doctor.Machine(), doctor.Engines(), doctor.Directory(dir))
	checks = append(checks, doctor.System(ctx, a.options())...)
	bad := 0
	for _, c := range checks {
		if c.State == doctor.Failed {
			bad++
		}
	}
	if a.json {
		err = a.printJSON(map[string]any{"ok": bad == 0, "checks": checks})
	} else {
		err = a.showChecks(checks)
	}
	if err == nil && bad > 0 {
		if a.json {
			return errReported
		}
		return fmt.Errorf("%s failed", plural(bad, "check"))
	}
	return err
}

func (a *app) showChecks(checks []doctor.Check) error {
	t := screen.NewTable(a.paint, "check", "", "found", ">time")
	var hints []error
	for _, c := range checks {
		took := ""
		if c.Seconds > 0 {
			took = screen.Duration(time.Duration(c.Seconds * float64(time.Second)))
		}
		t.Row(c.Name, a.paint.Status(string(c.State)), screen.Clip(c.Found, 90), took)
		if c.Hint != "" {
			hints = append(hints, fmt.Errorf("%s: %s", c.Name, c.Hint))
		}
	}
	if err := t.Flush(a.out); err != nil {
		return err
	}
	if err := errors.Join(hints...); err != nil {
		a.printf("\n%s\n", cleanLines(err.Error()))
	}
	return nil
}
