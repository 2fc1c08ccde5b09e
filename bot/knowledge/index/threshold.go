package index

import (
	"cmp"
	"slices"
)

// Thresholds returns from which probability on to answer, so that at most wrong
// of the answers are wrong, and from which on to suggest, when share of the
// texts are unanswerable. 1 is never: no probability of a text that is not a
// phrasing reaches it.
func (x *Index) Thresholds(wrong, share float64) (answer, suggest float64) {
	if x.calibration == nil || len(x.calibration.outcomes) == 0 {
		return 0.6, 0.2
	}
	c := x.calibration.curve(share)
	answer = c.answer(wrong)
	return answer, min(c.suggest(), answer)
}

// point is an outcome with its probability and how much it stands for.
type point struct {
	probability, weight float64
	kind                uint8
}

type curve struct {
	points []point // most probable first
	each   float64 // what one of them weighs at most
}

// elsewhereShare is how many of the unanswerable texts are taken to be about
// something else altogether. The others are harder to tell, so it is better too
// low than too high.
const elsewhereShare = 0.25

// curve is the outcomes as they are when share of the texts are unanswerable.
func (c *calibration) curve(share float64) curve {
	share = max(0.001, min(0.999, share))
	count := [found + 1]float64{}
	for _, o := range c.outcomes {
		count[o.kind]++
	}
	in, far := count[missed]+count[listed]+count[found], elsewhereShare
	if count[elsewhere] == 0 {
		far = 0
	}
	var r curve
	for _, o := range c.outcomes {
		p := point{probability: float64(shifted(float64(o.answerable), share) * float64(o.right)), weight: (1 - share) / max(in, 1), kind: o.kind}
		switch o.kind {
		case unanswerable:
			p.weight = float64(share*(1-far)) / count[o.kind]
		case elsewhere:
			p.weight = float64(share*far) / count[o.kind]
		}
		r.each = max(r.each, p.weight)
		r.points = append(r.points, p)
	}
	slices.SortStableFunc(r.points, func(a, b point) int { return cmp.Compare(b.probability, a.probability) })
	return r
}

// answer is the lowest probability above which at most wrong of the outcomes
// are. An outcome counts half as it was and half as it was likely to be, so that
// one that is strange does not decide for all others.
func (c curve) answer(wrong float64) float64 {
	bad, all, at := c.each/2, c.each/2, 1.0
	for i, p := range c.points {
		all += p.weight
		bad += float64(p.weight * (1 - p.probability) / 2)
		if p.kind != found {
			bad += float64(p.weight / 2)
		}
		last := i+1 == len(c.points) || c.points[i+1].probability < p.probability
		if last && bad <= float64(wrong*all) {
			at = p.probability
		}
	}
	return at
}

// suggestible is how often, near the bar, the right document must be among the
// three best for them to be worth a look.
const suggestible = 0.5

// suggest is the lowest probability around which enough of the outcomes have the
// right document among the three best, in windows of a tenth of all.
func (c curve) suggest() float64 {
	window := max(len(c.points)/10, 1)
	good, all, at := 0.0, 0.0, 1.0
	for i, p := range c.points {
		all += p.weight
		if p.kind >= listed {
			good += p.weight
		}
		if i >= window {
			old := c.points[i-window]
			all -= old.weight
			if old.kind >= listed {
				good -= old.weight
			}
		}
		if good < float64(suggestible*all) && i >= window {
			break
		}
		at = c.points[max(i-window/2, 0)].probability
	}
	return at
}
