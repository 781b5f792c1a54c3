package tree_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/tree"
)

// document is what a reader of another program would declare.
type document struct {
	Format      string
	Version     int
	Inputs      int
	Names       []string
	Gain        []float64
	Base, Scale float64
	Trees       []struct {
		Input, Below, Above []int
		Threshold, Value    []float64
	}
}

// predict follows the document's "reading", with nothing of the package.
func (d document) predict(row []float64) float64 {
	sum := 0.0
	for _, t := range d.Trees {
		node := 0
		for t.Input[node] != -1 {
			next := t.Below[node]
			if row[t.Input[node]] > t.Threshold[node] {
				next = t.Above[node]
			}
			node = next
		}
		sum += t.Value[node]
	}
	return d.Base + d.Scale*sum
}

// The JSON alone is enough to predict, to the bit.
func TestDescriptionPredicts(t *testing.T) {
	t.Parallel()
	d, test := synthetic("train", 400, 6), synthetic("test", 200, 6)
	test.X[0], test.X[6] = math.NaN(), math.Inf(1)
	names := []string{"a", "b", "c", "d", "e", "f"}
	eachFitter(t, func(t *testing.T, fit fitter) {
		m, err := fit(d, tree.Watch{}, 1)
		require.NoError(t, err)
		description, err := m.Describe(names)
		require.NoError(t, err)
		text, err := json.Marshal(description)
		require.NoError(t, err)
		var doc document
		require.NoError(t, json.Unmarshal(text, &doc))
		require.Equal(t, "hurst-trees", doc.Format)
		require.Equal(t, 1, doc.Version)
		require.Equal(t, 6, doc.Inputs)
		require.Equal(t, names, doc.Names)
		require.Equal(t, m.Gain(), doc.Gain)
		require.Len(t, doc.Trees, m.Trees())
		want, nodes := predict(m, test), 0
		for i := range want {
			require.Equal(t, want[i], doc.predict(test.X[6*i:][:6]), i)
		}
		for _, one := range doc.Trees {
			nodes += len(one.Input)
			for i, below := range one.Below {
				if one.Input[i] >= 0 {
					require.Greater(t, below, i, "children stand behind their parents")
				}
			}
		}
		require.Equal(t, m.Nodes(), nodes)
	})
}

func TestDescribeNames(t *testing.T) {
	t.Parallel()
	m, err := tree.DefaultForest().Fit(synthetic("train", 50, 5), tree.Watch{})
	require.NoError(t, err)
	_, err = m.Describe([]string{"one"})
	require.ErrorContains(t, err, "1 names for 5 inputs")
	d, err := m.Describe(nil)
	require.NoError(t, err)
	text, err := json.Marshal(d)
	require.NoError(t, err)
	require.NotContains(t, string(text), `"names"`)
}
