package feature

import "slices"

// fields76 is the random forest's set: ten of the marginal distribution, seven autocorrelations, twenty of
// increments, seven of the spectrum, eight each of detrended segments, block means and rescaled ranges,
// and eight more.
func fields76() []field {
	return slices.Concat(
		statistics("mean", "std", "var", "min", "max", "median", "quantile_25", "quantile_75", "skew", "kurt"),
		[]field{
			correlations("acf", 1, 2, 5, 10, 20, 50, 100),
			increments(true, 1, 2, 4, 8, 16),
			fftBands(4), fftLine(true), fftCentroid(),
			detrended().at([]int{10, 20, 50, 100, 200, 500}, "dfa_slope", "dfa_intercept"),
			blockMeans().at([]int{2, 4, 8, 16, 32, 64}, "block_slope", "block_intercept"),
			rescaled().at([]int{10, 20, 50, 100, 200, 500}, "rs_slope", "rs_intercept"),
			trendSlope(), trendIntercept(),
			correlations("period_acf", 5, 10, 20, 50), // the same as acf_5 …: the definition has them twice
			approximateEntropy(), boxCounts(),
		},
	)
}

// fields54 is gradient boosting's set. Its lists of lags and scales are the beginnings of the random
// forest's; its three bands are taken to be so too.
func fields54() []field {
	return slices.Concat(
		statistics("mean", "std", "var", "min", "max", "median", "quantile_25", "quantile_75", "skew", "kurt"),
		[]field{
			correlations("acf", 1, 2, 5, 10, 20, 50),
			increments(false, 1, 2, 4, 8),
			fftBands(3), fftLine(false),
			detrended().at([]int{10, 20, 50, 100, 200}, "dfa_slope_200"),
			blockMeans().at([]int{2, 4, 8, 16, 32}, "block_slope_32"),
			rescaled().at([]int{10, 20, 50, 100, 200}, "rs_slope_200"),
			trendSlope(),
			correlations("period_acf", 5, 10, 20),
		},
	)
}

// fields29 is the set for support vectors.
func fields29() []field {
	return slices.Concat(
		statistics("mean", "std", "var", "min", "max", "median", "quantile_25", "quantile_75"),
		[]field{
			correlations("acf", 1, 2, 5, 10, 20),
			increments(false, 1),
			fftQuarters(1),
			detrended().at([]int{10, 20, 50, 100}),
			blockMeans().at([]int{2, 4, 8, 16}),
			rescaled().at([]int{10, 20, 50, 100}),
		},
	)
}

// fields20 is the set of the linear regression that the reference calls its Numba model.
func fields20() []field {
	return slices.Concat(
		statistics("mean", "std", "var", "median", "quantile_25", "quantile_75"),
		[]field{
			correlations("acf", 2, 4, 6, 8),
			fftAmplitudes(),
			detrendedStd(), detrendedAbs(),
			differences(),
		},
	)
}

// fields19 is the set of the reference's TimeSeriesFeatureExtractor. Its skewness and kurtosis are called by
// names that numpy does not have: here they are what was meant.
func fields19() []field {
	return slices.Concat(
		statistics("mean", "std", "var", "median", "quantile_25", "quantile_75", "skew", "kurt"),
		[]field{
			correlations("acf", 1, 2, 5, 10),
			fftAmplitudeSlope(), fftAmplitudeCentroid(),
			quarterGrowth(),
			differences(),
		},
	)
}

// fieldsUnified is the set of the reference's UnifiedFeatureExtractor: ten of the marginal distribution,
// seven autocorrelations, twenty of increments, ten of the spectrum, eight of what a straight line leaves,
// six that it calls wavelets, eight more moments and seven ranges.
func fieldsUnified() []field {
	return slices.Concat(
		statistics("mean", "std", "var", "min", "max", "median", "quantile_25", "quantile_75", "skew", "kurt"),
		[]field{
			correlations("acf", 1, 2, 5, 10, 20, 50, 100),
			increments(true, 1, 2, 4, 8, 16),
			fftQuarters(3), fftLine(false), fftCentroid(), fftSpread(), fftEntropy(), fftDominant(), fftRolloff(),
			detrended().at([]int{4, 8, 16, 32}), detrendedStd(), detrendedMAD(), trendSlope(), trendCorrelation(),
			decimated(2, 4, 8), haarPairs(),
		},
		statistics("quantile_10", "quantile_90", "quantile_range", "mad"),
		[]field{
			differenceMoments(),
			rescaledIn(2, 4, 8), rescaledTotal(), ranges(),
		},
	)
}
