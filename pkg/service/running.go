package service

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
)

const (
	module    = "github.com/longmemory/hurst/"
	maxStacks = 1 << 20 // bytes of stacks that are looked at
)

// running says in which of our functions the goroutines of this process are, and how many: what to
// look at when a part does not end.
func running() []string {
	stacks := make([]byte, maxStacks)
	stacks = stacks[:runtime.Stack(stacks, true)]
	counts := map[string]int{}
	for goroutine := range strings.SplitSeq(string(stacks), "\n\n") {
		if f := innermost(goroutine); f != "" {
			counts[f]++
		}
	}
	var lines []string
	for _, f := range slices.Sorted(maps.Keys(counts)) {
		lines = append(lines, fmt.Sprintf("%s (%d)", f, counts[f]))
	}
	return lines
}

// innermost returns the first function of the module in a goroutine's stack, without the module's
// path; empty if there is none, or it belongs to this package.
func innermost(stack string) string {
	for line := range strings.Lines(stack) {
		f, ours := strings.CutPrefix(strings.TrimSpace(line), module)
		if !ours {
			continue
		}
		if strings.HasPrefix(f, "pkg/service.") {
			return ""
		}
		if args := strings.LastIndexByte(f, '('); args > 0 {
			f = f[:args]
		}
		return f
	}
	return ""
}
