package adapters_test

import (
	"regexp"
	"strings"
	"testing"

	"crmbot/adapters"
	"crmbot/adapters/adaptertest"
)

// TestSamplesAreTaken sees to it that the values which stand for a newcomer's
// are those that the questions take: every other test of the example and of
// init leans on them.
func TestSamplesAreTaken(t *testing.T) {
	for name, p := range adapters.Platforms {
		for _, f := range p.Setup().Fields {
			got := adaptertest.Sample(f)
			if !regexp.MustCompile(f.Pattern).MatchString(got) || !strings.HasPrefix(got, f.Prefix) || got == "" {
				t.Errorf("%s: %s: %q does not match %s%s", name, f.Key, got, f.Prefix, f.Pattern)
			}
		}
	}
}
