package crm

import "testing"

func TestMoney(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		have Money
		want string
	}{
		{Money{28000000, "CNY"}, "280000 CNY"},
		{Money{50, "USD"}, "0.50 USD"},
		{Money{-150, "USD"}, "-1.50 USD"},
		{Money{1500, "JPY"}, "1500 JPY"},
		{Money{Currency: "CNY"}, ""},
		{Money{100, ""}, "1"},
	} {
		if got := x.have.String(); got != x.want {
			t.Errorf("%+v = %q, want %q", x.have, got, x.want)
		}
	}
	if got := (Money{999, "CNY"}).Percent(30); got != (Money{299, "CNY"}) {
		t.Errorf("30%% of 9.99 = %+v", got)
	}
}
