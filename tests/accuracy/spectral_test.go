//go:build accuracy

package accuracy

import (
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/longmemory/hurst/pkg/estimator"
)

// spectralLengths are the lengths that classicalSpectral has figures for.
var spectralLengths = []int{128, 256, 512, 1024, 2048}

// classicalSpectral is the MAE of semi-parametric estimators on clean series with H ~ U(0.1, 0.9), as
// independent implementations in Python measured it, per process and length of spectralLengths.
var classicalSpectral = map[string]map[string][]float64{
	"fgn": {
		"gph":             {0.1867, 0.1503, 0.1250, 0.1055, 0.0868},
		"gph-0.7":         {0.1115, 0.0836, 0.0645, 0.0506, 0.0393},
		"periodogram":     {0.2551, 0.1788, 0.1171, 0.0811, 0.0553},
		"periodogram-all": {0.0751, 0.0584, 0.0484, 0.0421, 0.0370},
		"local-whittle":   {0.1041, 0.0789, 0.0616, 0.0469, 0.0364},
	},
	"arfima": {
		"gph":             {0.1865, 0.1526, 0.1276, 0.1027, 0.0854},
		"gph-0.7":         {0.1089, 0.0826, 0.0651, 0.0489, 0.0375},
		"periodogram":     {0.2559, 0.1766, 0.1193, 0.0794, 0.0548},
		"periodogram-all": {0.0750, 0.0534, 0.0385, 0.0301, 0.0260},
		"local-whittle":   {0.1035, 0.0798, 0.0604, 0.0466, 0.0363},
	},
}

func TestSpectralIsAsAccurateAsItsReference(t *testing.T) {
	var methods []estimator.Method
	for _, m := range estimator.Methods() {
		if m.Family == estimator.FamilySpectral {
			methods = append(methods, m)
		}
	}
	for _, kind := range []string{"fgn", "arfima"} {
		for i, n := range spectralLengths {
			t.Run(kind+"/"+strconv.Itoa(n), func(t *testing.T) {
				t.Parallel()
				found := timeCell(t, methods, kind, n)
				for j, m := range methods {
					want := math.NaN()
					if reference, ok := classicalSpectral[kind][m.Name]; ok {
						want = reference[i]
						assert.LessOrEqual(t, found[j].mae, found[j].atMost(want, cell), m.Name)
					}
					t.Logf("%-16s MAE %.4f  reference %.4f  ratio %.3f  95 %% coverage %.3f", m.Name, found[j].mae, want, found[j].mae/want, found[j].covered)
				}
			})
		}
	}
}
