package crm

import "testing"

func TestPage(t *testing.T) {
	t.Parallel()
	for have, want := range map[Page]Page{
		{}: {Limit: 50}, {Limit: 501, Offset: -1}: {Limit: 500}, {Limit: 7, Offset: 3}: {Limit: 7, Offset: 3},
		{Limit: -1}: {Limit: 50}, {Uncounted: true}: {Limit: 50, Uncounted: true},
	} {
		if got := have.Bound(); got != want {
			t.Errorf("%+v.Bound() = %+v", have, got)
		}
	}
}
