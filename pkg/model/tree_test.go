package model

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/search"
)

func TestTreeParams(t *testing.T) {
	t.Parallel()
	require.NoError(t, CheckParams("forest", search.Params{"max_features": 0.3, "bootstrap": false}))
	require.NoError(t, CheckParams("extratrees", search.Params{"max_features": "log2"}))
	require.EqualError(t, CheckParams("forest", search.Params{"max_features": "most"}),
		`parameter max_features of forest is "most": want one of sqrt, log2, all, or a number from 0 to 1`)
	require.ErrorContains(t, CheckParams("forest", search.Params{"bootstrap": 1}), "want true or false")
	require.ErrorContains(t, CheckParams("gbm", search.Params{"loss": "huber"}), "want one of squared, absolute, quantile")
	require.ErrorContains(t, CheckParams("gbm", search.Params{"bins": 256}), "want a whole number from 2 to 255")
}

// What the parameters say reaches the trees.
func TestTreeParamsMatter(t *testing.T) {
	t.Parallel()
	fit := func(kind string, p search.Params) []byte {
		learner, err := Lookup(kind)
		require.NoError(t, err)
		p["trees"] = 4
		fitted, err := learner.Fit(FitJob{Params: p, Train: data().train, Validation: data().validation, Seed: 5})
		require.NoError(t, err)
		return fitted.Tensors()[0].U8
	}
	for kind, changes := range map[string][]search.Params{
		"gbm": {{"learning_rate": 0.2}, {"max_depth": 4}, {"max_leaves": 4}, {"min_split": 400}, {"min_leaf": 200}, {"min_gain": 2},
			{"l2": 10}, {"rows": 0.5}, {"columns": 0.5}, {"loss": "absolute"}, {"loss": "quantile", "quantile": 0.9}, {"bins": 16}},
		"forest": {{"max_features": "all"}, {"max_features": "log2"}, {"max_features": 0.9}, {"max_depth": 3}, {"min_split": 20},
			{"min_leaf": 3}, {"bootstrap": false}, {"bins": 16}},
		"extratrees": {{"max_features": "sqrt"}, {"max_depth": 3}, {"bootstrap": true}, {"bins": 16}},
	} {
		plain := fit(kind, search.Params{})
		for _, change := range changes {
			require.NotEqual(t, plain, fit(kind, change), "%s %v", kind, change)
		}
	}
}

func TestTreesOfABundleAreChecked(t *testing.T) {
	t.Parallel()
	m := fit(t, "gbm")
	learner := treeLearner{"gbm"}
	good := m.fitted.Tensors()[0]
	_, err := learner.Load(m.Manifest, []Tensor{good, good})
	require.ErrorContains(t, err, "want one")
	_, err = learner.Load(m.Manifest, []Tensor{{Name: treesTensor, Shape: []int{1}, F32: []float32{1}}})
	require.ErrorContains(t, err, "of bytes")
	torn := good
	torn.U8 = good.U8[:len(good.U8)-1]
	_, err = learner.Load(m.Manifest, []Tensor{torn})
	require.ErrorContains(t, err, "decode trees")
	few := m.Manifest
	few.Features.Names = few.Features.Names[1:]
	_, err = learner.Load(few, []Tensor{good})
	require.ErrorContains(t, err, "inputs for")
}
