package bot

import "errors"

// RateConfig is the key "rate" of an install in the config file:
// {per_second: 30, per_chat: 1, per_group: 0.3}, or "off" for no limit at all.
// Missing, the platform's own figures hold.
type RateConfig struct {
	given bool
	rates Rates
}

// Or returns the rates of the config, or standard when it has none.
func (r RateConfig) Or(standard Rates) Rates {
	if !r.given {
		return standard
	}
	return r.rates
}

// UnmarshalYAML reads the key. It fails for anything but "off" and numbers that
// are not negative.
func (r *RateConfig) UnmarshalYAML(decode func(any) error) error {
	*r = RateConfig{given: true}
	var given any
	if err := decode(&given); err != nil {
		return err
	}
	if given == "off" || given == false {
		return nil
	}
	if _, ok := given.(map[string]any); !ok {
		return errors.New("rate: want {per_second: 30, per_chat: 1} or off")
	}
	var rates struct {
		PerSecond float64 `yaml:"per_second"`
		PerChat   float64 `yaml:"per_chat"`
		PerGroup  float64 `yaml:"per_group"`
	}
	if err := decode(&rates); err != nil {
		return err
	}
	if rates.PerSecond < 0 || rates.PerChat < 0 || rates.PerGroup < 0 {
		return errors.New("rate: must not be negative")
	}
	r.rates = Rates{PerSecond: rates.PerSecond, PerChat: rates.PerChat, PerGroup: rates.PerGroup}
	return nil
}
