package train_test

import (
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/native"
	"github.com/longmemory/hurst/pkg/nn/train"
)

// A small network learns from series that are drawn while it trains, and answers for one of its own.
func Example() {
	plan, err := smallBank().Plan()
	if err != nil {
		panic(err)
	}
	source, err := train.Fresh(train.Recipe{Seed: 1, Name: "train", Lengths: []int{128, 256}})
	if err != nil {
		panic(err)
	}
	validation, err := train.Fresh(train.Recipe{Seed: 1, Name: "validation", Lengths: []int{256}, Count: 200})
	if err != nil {
		panic(err)
	}
	result, err := train.Train(train.Job{
		Plan: plan, Engine: native.New(native.Options{}), Source: source, Validation: validation,
		Config: train.Config{Steps: 400, LearningRate: 0.01},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println("error below 0.06:", result.Validation.MAE < 0.06)

	var sample train.Sample
	if err := validation.Maker().Make(3, &sample); err != nil {
		panic(err)
	}
	predictor, err := train.NewPredictor(native.New(native.Options{}), nn.Size{Rows: 1, Length: 256}, result.Network)
	if err != nil {
		panic(err)
	}
	defer predictor.Close()
	h := make([]float64, 1)
	if err := predictor.Predict(h, [][]float64{sample.X}); err != nil {
		panic(err)
	}
	fmt.Println("answer within 0.1:", math.Abs(h[0]-sample.Target) < 0.1)
	// Output:
	// error below 0.06: true
	// answer within 0.1: true
}
