package main

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/longmemory/hurst/pkg/estimator"
)

// The look of a plot: one strong colour for what counts, grey for the rest.
var (
	blue  = color.NRGBA{R: 0x1f, G: 0x6f, B: 0xb4, A: 0xff}
	pale  = color.NRGBA{R: 0x1f, G: 0x6f, B: 0xb4, A: 0x30}
	red   = color.NRGBA{R: 0xc8, G: 0x3c, B: 0x28, A: 0xff}
	grey  = color.NRGBA{R: 0xa0, G: 0xa0, B: 0xa0, A: 0xff}
	faint = color.NRGBA{R: 0xe4, G: 0xe4, B: 0xe4, A: 0xff}
)

// Sizes of one panel.
const (
	panelWidth  = 12 * vg.Centimeter
	panelHeight = 9 * vg.Centimeter
	columns     = 3
)

// drawFits draws what each method fitted, a panel each.
func drawFits(path, title string, all []estimateView) error {
	var panels []*plot.Plot
	for _, v := range all {
		if v.Fit == nil || len(v.Fit.X) == 0 {
			continue
		}
		p, err := fitPanel(v)
		if err != nil {
			return fmt.Errorf("draw %s: %w", v.Method, err)
		}
		panels = append(panels, p)
	}
	if len(panels) == 0 {
		return usage("--plot: none of these methods has a fit to draw")
	}
	panels[0].Title.Text = title + "\n" + panels[0].Title.Text
	return drawPanels(path, panels)
}

// fitPanel draws the points of a fit, with the line or curve through them.
func fitPanel(v estimateView) (*plot.Plot, error) {
	p := newPanel()
	p.Title.Text = fmt.Sprintf("%s: H = %.3f (%.3f to %.3f)", v.Method, *v.H, *v.Lower, *v.Upper)
	f := v.Fit
	p.X.Label.Text, p.Y.Label.Text = f.XLabel, f.YLabel
	for _, part := range []struct {
		from, to int
		colour   color.Color
	}{{0, f.From, grey}, {f.To, len(f.X), grey}, {f.From, f.To, blue}} {
		if part.from >= part.to {
			continue
		}
		s, err := plotter.NewScatter(points(f.X[part.from:part.to], f.Y[part.from:part.to]))
		if err != nil {
			return nil, err
		}
		s.GlyphStyle = draw.GlyphStyle{Color: part.colour, Radius: dot(len(f.X)), Shape: draw.CircleGlyph{}}
		p.Add(s)
	}
	l, err := plotter.NewLine(fitted(f))
	if err != nil {
		return nil, err
	}
	l.Color, l.Width = red, vg.Points(1.2)
	p.Add(l)
	return p, nil
}

// dot is the size of a point: the smaller, the more there are.
func dot(n int) vg.Length {
	if n > 40 {
		return vg.Points(1.3)
	}
	return vg.Points(2.6)
}

// fitted returns the fitted curve, or the straight line over the points that were fitted.
func fitted(f *estimator.Fit) plotter.XYs {
	x := f.X[f.From:f.To]
	if len(f.Curve) == len(f.X) {
		return points(x, f.Curve[f.From:f.To])
	}
	lo, hi := x[0], x[0]
	for _, v := range x {
		lo, hi = min(lo, v), max(hi, v)
	}
	return plotter.XYs{{X: lo, Y: f.Intercept + f.Slope*lo}, {X: hi, Y: f.Intercept + f.Slope*hi}}
}

func points(x, y []float64) plotter.XYs {
	all := make(plotter.XYs, 0, len(x))
	for i := range x {
		if !math.IsInf(y[i], 0) && !math.IsNaN(y[i]) {
			all = append(all, plotter.XY{X: x[i], Y: y[i]})
		}
	}
	return all
}

// drawCourses draws how H moves along a series, a panel for each method.
func drawCourses(path, title string, all []course) error {
	var panels []*plot.Plot
	for _, c := range all {
		if len(c.at) == 0 {
			continue
		}
		p := newPanel()
		p.Title.Text = c.method
		p.X.Label.Text, p.Y.Label.Text = "middle of the window", "H"
		p.Y.Min, p.Y.Max = 0, 1
		band := points(c.at, c.lower)
		for i := len(c.at) - 1; i >= 0; i-- {
			band = append(band, plotter.XY{X: c.at[i], Y: c.upper[i]})
		}
		area, err := plotter.NewPolygon(band)
		if err != nil {
			return fmt.Errorf("draw %s: %w", c.method, err)
		}
		area.Color, area.LineStyle.Width = pale, 0
		line, err := plotter.NewLine(points(c.at, c.h))
		if err != nil {
			return fmt.Errorf("draw %s: %w", c.method, err)
		}
		line.Color, line.Width = blue, vg.Points(1.4)
		p.Add(area, line)
		panels = append(panels, p)
	}
	if len(panels) == 0 {
		return usage("--plot: no window could be estimated")
	}
	panels[0].Title.Text = title + "\n" + panels[0].Title.Text
	return drawPanels(path, panels)
}

func newPanel() *plot.Plot {
	p := plot.New()
	p.Title.TextStyle.Font.Size = vg.Points(10)
	p.Title.Padding = vg.Points(4)
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Label.TextStyle.Font.Size = vg.Points(9)
		axis.Tick.Label.Font.Size = vg.Points(8)
	}
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = faint, faint
	p.Add(grid)
	return p
}

// drawPanels draws panels side by side and writes them to an .svg or .png file.
func drawPanels(path string, panels []*plot.Plot) error {
	wide := min(columns, len(panels))
	high := (len(panels) + wide - 1) / wide
	width, height := vg.Length(wide)*panelWidth, vg.Length(high)*panelHeight
	var canvas interface {
		vg.CanvasSizer
		io.WriterTo
	}
	if strings.EqualFold(filepath.Ext(path), ".svg") {
		canvas = vgsvg.New(width, height)
	} else {
		canvas = vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(144))}
	}
	tiles := draw.Tiles{Rows: high, Cols: wide, PadX: vg.Points(10), PadY: vg.Points(10), PadTop: vg.Points(6), PadBottom: vg.Points(6), PadLeft: vg.Points(6), PadRight: vg.Points(10)}
	whole := draw.New(canvas)
	for i, p := range panels {
		p.Draw(tiles.At(whole, i%wide, i/wide))
	}
	return writeFile(path, func(w io.Writer) error {
		_, err := canvas.WriteTo(w)
		return err
	})
}
