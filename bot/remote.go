package bot

import (
	"errors"
	"net/url"
)

// Remote is what the config of every platform elsewhere has in common, to be
// embedded with `yaml:",inline"`.
type Remote struct {
	APIURL string     `yaml:"api_url"` // "" is the platform's own
	Proxy  string     `yaml:"proxy"`   // see NewClient
	Rate   RateConfig `yaml:"rate"`
}

// Validate checks the config. The error names the key at fault and repeats
// nothing that may be secret.
func (r Remote) Validate() error {
	if err := CheckURL("api_url", r.APIURL); err != nil {
		return err
	}
	if r.Proxy != "" {
		_, err := ProxyURL(r.Proxy)
		return err
	}
	return nil
}

// CheckURL checks an address that may be left out. The error names the key.
func CheckURL(key, raw string) error {
	if raw == "" {
		return nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return &BadKey{Key: key, Rule: RuleForm, Want: "https://host/path"}
	}
	if u.User != nil {
		return errors.New(key + ": must not hold a password")
	}
	return nil
}
