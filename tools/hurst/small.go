package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/tools/hurst/internal/system"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  hurst version --json",
		GroupID: groupSystem,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if a.json {
				return a.printJSON(map[string]string{
					"version": buildVersion(), "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH,
				})
			}
			a.printf("hurst %s (%s, %s/%s)\n", buildVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
}

func (a *app) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of pipeline specs",
		Long: "Print the JSON Schema of pipeline specs. Editors that know it complete and check specs\n" +
			"as they are written.",
		Example: "  hurst schema > pipeline.schema.json",
		GroupID: groupRuns,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := a.out.Write(pipeline.Schema())
			return err
		},
	}
}

// serviceCommand is what main handles before cobra sees it, for the names that there are.
func (a *app) serviceCommand() *cobra.Command {
	return &cobra.Command{
		Use:       "service NAME",
		Short:     "Run one service, configured as on its own",
		Hidden:    true,
		ValidArgs: system.Names(),
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		RunE: func(_ *cobra.Command, args []string) error {
			return fmt.Errorf("service %s is run by the program itself", args[0])
		},
	}
}
