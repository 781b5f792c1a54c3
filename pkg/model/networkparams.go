package model

import (
	"errors"
	"fmt"
	"slices"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/engine"
	"github.com/longmemory/hurst/pkg/nn/train"
	"github.com/longmemory/hurst/pkg/search"
)

// ParamFresh is the parameter of kinds that read series by which they make their own training series,
// none of which is seen twice, instead of reading those that were generated for all.
const ParamFresh = "fresh"

// networkParams are those of every network; the values are what differs from kind to kind.
func networkParams(learningRate, decay float64, epochs, batch float64) []param {
	return []param{
		{"learning_rate", learningRate, logRange(1e-4, 1e-2), between(1e-7, 1)},
		{"weight_decay", decay, nil, between(0, 1)},
		{"batch", batch, choice(16.0, 32.0, 64.0), whole(1, 4096)},
		{"epochs", epochs, nil, whole(1, 10_000)},
		{"steps", 0.0, nil, whole(0, 10_000_000)}, // above zero: in the place of epochs
		{"patience", 0.0, nil, whole(0, 10_000)},
		{"schedule", train.Cosine, nil, oneOf(train.Cosine, train.Constant, train.Plateau)},
		{"warmup", 0.0, nil, between(0, 0.5)}, // part of the steps
		{"clip", 0.0, nil, between(0, 1e6)},
		{"average", 0.0, nil, between(0, 0.99999)},
		{"head", string(nn.Point), nil, oneOf(string(nn.Point), string(nn.Gaussian), string(nn.Quantiles))},
		{"loss", "auto", nil, // of a filter bank's point the MAE, otherwise that of the head, see train.DefaultLoss
			oneOf("auto", string(train.MSE), string(train.MAE), string(train.Huber), string(train.NLL), string(train.CRPS), string(train.Pinball))},
		{"ensemble", 1.0, nil, whole(1, 16)},  // trainings with seeds of their own, whose answers are averaged
		{"snapshots", 1.0, nil, whole(1, 16)}, // cycles of the schedule, the networks at whose ends are averaged
		{"engine", engine.Auto, nil, oneOf(append([]string{engine.Auto}, engine.Priority()...)...)},
	}
}

// seriesParams are those of every network that reads series.
func seriesParams() []param {
	return []param{
		{ParamFresh, false, nil, truth},
		{"curriculum", "none", nil, oneOf("none", train.ByLength, train.ByContamination, train.ByDistance)},
		{"augment", []any{}, nil, someOf(string(train.Flip), string(train.Reverse), string(train.Slice))},
		{"biased", []any{}, nil, someOf(string(train.Noise), string(train.TimeWarp), string(train.MagnitudeWarp))},
	}
}

// hiddenParam is the sizes of the dense layers, dropoutParam the part of their values that is dropped.
func hiddenParam(search *search.Dimension) param {
	return param{"hidden", []any{64.0, 32.0}, search, listOf(4, whole(1, 1024))}
}

func dropoutParam(value float64, search *search.Dimension) param {
	return param{"dropout", value, search, between(0, 0.95)}
}

// mlpParams has defaults that come within 2 % of the limit on clean fGn of 256 to 1024 points from
// 24,000 series; weight decay is what matters most there.
func mlpParams() []param {
	own := []param{
		hiddenParam(choice([]any{32.0}, []any{32.0, 16.0}, []any{64.0, 32.0})), dropoutParam(0, nil),
		{"activation", "gelu", nil, oneOf("relu", "gelu", "tanh")},
	}
	all := append(own, networkParams(3e-3, 0.1, 40, 128)...)
	vary(all, "batch", choice(64.0, 128.0, 256.0))
	vary(all, "learning_rate", logRange(1e-3, 1e-2))
	vary(all, "weight_decay", logRange(1e-2, 0.5))
	return all
}

// referenceHidden are sizes of two layers, the first of 32 to 128 and the second of 16 to 64, among
// which the reference searches.
func referenceHidden() *search.Dimension {
	return choice([]any{32.0, 16.0}, []any{64.0, 16.0}, []any{64.0, 32.0}, []any{64.0, 64.0}, []any{128.0, 32.0}, []any{128.0, 64.0})
}

func filterBankParams() []param {
	own := []param{
		hiddenParam(referenceHidden()),
		{"units", 16.0, choice(8.0, 16.0, 24.0, 32.0), whole(1, 256)},
		{"kernel", 9.0, choice(5.0, 9.0, 15.0), whole(1, 257)},
		{"levels", 0.0, nil, whole(0, 14)}, // zero: by the series' length
		lengthParam(),
	}
	all := slices.Concat(own, networkParams(3e-3, 0, 30, 64), seriesParams())
	vary(all, "learning_rate", logRange(1e-3, 1e-2))
	all[slices.IndexFunc(all, func(p param) bool { return p.name == "warmup" })].value = 0.02
	return all
}

func cnnParams() []param {
	own := []param{
		hiddenParam(referenceHidden()), dropoutParam(0.2, numberRange(0.1, 0.5)),
		{"use_attention", false, choice(false, true), truth},
		{"use_residual", false, choice(false, true), truth},
		lengthParam(),
	}
	return slices.Concat(own, networkParams(1e-3, 0, 30, 32), seriesParams())
}

func transformerParams() []param {
	own := []param{
		hiddenParam(referenceHidden()), dropoutParam(0.2, numberRange(0.1, 0.5)),
		{"use_residual", false, choice(false, true), truth},
		{"units", 64.0, nil, whole(4, 1024)},
		{"heads", 4.0, nil, whole(1, 64)},
		{"layers", 2.0, nil, whole(1, 12)},
		lengthParam(),
	}
	return slices.Concat(own, networkParams(1e-3, 0, 30, 32), seriesParams())
}

func lstmParams() []param {
	own := []param{
		{"hidden", []any{64.0}, choice([]any{32.0}, []any{64.0}, []any{128.0}), listOf(4, whole(1, 1024))},
		{"units", 128.0, choice(32.0, 64.0, 128.0), whole(1, 1024)},
		{"layers", 2.0, choice(1.0, 2.0), whole(1, 8)},
		lengthParam(),
	}
	return slices.Concat(own, networkParams(1e-3, 0, 30, 32), seriesParams())
}

// lengthParam is how many points the network reads at once: longer series are cut into as many parts
// as that takes, and shorter ones refused. Zero: any number.
func lengthParam() param { return param{"length", 0.0, nil, lengthAllowed} }

func lengthAllowed(v any) error {
	if x, ok := number(v); ok && x == 0 {
		return nil
	}
	if whole(minSeries, 1<<16)(v) != nil {
		return fmt.Errorf("want 0, for any length, or a whole number from %d to %d", minSeries, 1<<16)
	}
	return nil
}

// minSeries is the fewest points of a series that networks are made for.
const minSeries = 64

// vary says where a study looks for one of the parameters.
func vary(all []param, name string, d *search.Dimension) {
	all[slices.IndexFunc(all, func(p param) bool { return p.name == name })].search = d
}

// someOf allows lists of some texts, each at most once; none is allowed.
func someOf(names ...string) func(any) error {
	return func(v any) error {
		list, ok := v.([]any)
		if !ok {
			return errors.New("want a list")
		}
		var seen []string
		for _, e := range list {
			s, _ := e.(string)
			if !slices.Contains(names, s) || slices.Contains(seen, s) {
				return fmt.Errorf("want some of %v, each once", names)
			}
			seen = append(seen, s)
		}
		return nil
	}
}

func textsOf[T ~string](p search.Params, name string) []T {
	list, _ := p[name].([]any)
	var out []T
	for _, v := range list {
		s, _ := v.(string)
		out = append(out, T(s))
	}
	return out
}

func truthOf(p search.Params, name string) bool {
	b, _ := p[name].(bool)
	return b
}

// CheckTogether tells what is wrong with parameters that are fine each by itself. Missing ones have
// their defaults.
func CheckTogether(kind string, params search.Params) error {
	if err := CheckParams(kind, params); err != nil {
		return err
	}
	p := complete(kind, params)
	if p["schedule"] == nil {
		return nil // no network
	}
	head, loss := nn.HeadKind(textOf(p, "head")), textOf(p, "loss")
	switch known := lossesOf(head); {
	case loss != "auto" && !slices.Contains(known, train.Loss(loss)):
		return fmt.Errorf("parameter loss of %s is %q: for the head %s want auto or one of %v", kind, loss, head, known)
	case p["curriculum"] != nil && textOf(p, "curriculum") != "none" && !truthOf(p, ParamFresh):
		return fmt.Errorf("parameter curriculum of %s is %q: it needs series that are %s", kind, textOf(p, "curriculum"), ParamFresh)
	case wholeOf(p, "snapshots") > 1 && textOf(p, "schedule") != train.Cosine:
		return fmt.Errorf("parameter snapshots of %s is %d: it needs the schedule %s", kind, wholeOf(p, "snapshots"), train.Cosine)
	case p["heads"] != nil && wholeOf(p, "units")%wholeOf(p, "heads") != 0:
		return fmt.Errorf("parameter heads of %s is %d: units, which are %d, must be a multiple of it", kind, wholeOf(p, "heads"), wholeOf(p, "units"))
	}
	return nil
}

func lossesOf(head nn.HeadKind) []train.Loss {
	switch head {
	case nn.Gaussian:
		return []train.Loss{train.NLL, train.CRPS}
	case nn.Quantiles:
		return []train.Loss{train.Pinball}
	}
	return []train.Loss{train.MSE, train.MAE, train.Huber}
}
