package crm

import "testing"

func TestPage(t *testing.T) {
	t.Parallel()
	for have, want := range map[Page]Page{
		{}: {50, 0}, {Limit: 501, Offset: -1}: {500, 0}, {Limit: 7, Offset: 3}: {7, 3}, {Limit: -1}: {50, 0},
	} {
		if got := have.Bound(); got != want {
			t.Errorf("%+v.Bound() = %+v", have, got)
		}
	}
}
