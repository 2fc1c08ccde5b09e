package grammar

import "testing"

func TestMoney(t *testing.T) {
	for _, c := range []struct {
		in    string
		minor int64
		code  string
	}{
		{"28万", 28_000_000, "CNY"},
		{"28w", 28_000_000, "CNY"},
		{"28W", 28_000_000, "CNY"},
		{"２８万", 28_000_000, "CNY"},
		{"1.2亿", 12_000_000_000, "CNY"},
		{"280k", 28_000_000, "CNY"},
		{"280K", 28_000_000, "CNY"},
		{"1.5m", 150_000_000, "CNY"},
		{"1.5 million", 150_000_000, "CNY"},
		{"2bn", 200_000_000_000, "CNY"},
		{"¥280,000", 28_000_000, "CNY"},
		{"￥28万", 28_000_000, "CNY"},
		{"280000元", 28_000_000, "CNY"},
		{"$12,500", 1_250_000, "USD"},
		{"12,500", 1_250_000, "CNY"},
		{"12,500 USD", 1_250_000, "USD"},
		{"USD 12,500", 1_250_000, "USD"},
		{"usd12500", 1_250_000, "USD"},
		{"28万元", 28_000_000, "CNY"},
		{"28万美元", 28_000_000, "USD"},
		{"二十八万", 28_000_000, "CNY"},
		{"三千五百元", 350_000, "CNY"},
		{"一百二十万", 120_000_000, "CNY"},
		{"两万", 2_000_000, "CNY"},
		{"十万", 10_000_000, "CNY"},
		{"一点五亿", 15_000_000_000, "CNY"},
		{"28万5千", 28_500_000, "CNY"},
		{"28万5", 28_500_000, "CNY"},
		{"1亿2000万", 12_000_000_000, "CNY"},
		{"三万五", 3_500_000, "CNY"},
		{"2千万", 2_000_000_000, "CNY"},
		{"3百万", 300_000_000, "CNY"},
		{"2026", 202_600, "CNY"},
		{"280000", 28_000_000, "CNY"},
		{"0.5万", 500_000, "CNY"},
		{"12.345", 1_235, "CNY"},
		{"99.9", 9_990, "CNY"},
		{"€1,234.56", 123_456, "EUR"},
		{"HK$300", 30_000, "HKD"},
		{"JPY 5000", 5000, "JPY"},
		{"5000日元", 5000, "JPY"},
		{"人民币28万", 28_000_000, "CNY"},
		{"5块钱", 500, "CNY"},
		{"300 dollars", 30_000, "USD"},
		{" 28 万 ", 28_000_000, "CNY"},
		{"0", 0, "CNY"},
		{"大概28万吧", 28_000_000, "CNY"},
		{"约28万左右", 28_000_000, "CNY"},
		{"about 280k.", 28_000_000, "CNY"},
		{"20吨", 0, ""},
		{"13800000000", 0, ""},
		{"3pm", 0, ""},
		{"", 0, ""},
		{"-28万", 0, ""},
		{"28万吨", 0, ""},
		{"abc", 0, ""},
		{"12,50", 0, ""},
		{"1.2.3", 0, ""},
		{"万", 0, ""},
		{"99999999999999999999", 0, ""},
		{"999999999亿", 0, ""},
		{"明天", 0, ""},
		{"12-20", 0, ""},
		{"20 m", 0, ""},
		{"a28万", 0, ""},
	} {
		got, ok := Money(c.in, "CNY")
		if ok != (c.code != "") || ok && (got.Minor != c.minor || got.Currency != c.code) {
			t.Errorf("Money(%q) = %v, %v, want %d %s", c.in, got, ok, c.minor, c.code)
		}
	}
}

func TestMoneyInAnotherCountry(t *testing.T) {
	for in, want := range map[string]string{"¥500": "JPY", "500": "JPY", "$5": "USD", "500元": "CNY"} {
		if got, _ := Money(in, "JPY"); got.Currency != want {
			t.Errorf("Money(%q) in Japan is in %q, want %q", in, got.Currency, want)
		}
	}
	if got, _ := Money("$5", "HKD"); got.Currency != "HKD" {
		t.Errorf("$5 in Hong Kong is in %s", got.Currency)
	}
}

func TestLooksLikeMoney(t *testing.T) {
	for in, want := range map[string]bool{
		"28万": true, "280k": true, "12,500": true, "¥500": true, "500元": true, "二十八万": true,
		"2026": false, "280000": false, "20吨": false, "13800000000": false, "3pm": false, "12-20": false, "报价": false, "1": false, "20": false,
	} {
		if got := LooksLikeMoney(in); got != want {
			t.Errorf("LooksLikeMoney(%q) = %v", in, got)
		}
	}
}

func TestFindMoney(t *testing.T) {
	for _, c := range []struct {
		in, span string
		minor    int64
	}{
		{"客户预算28万,周四谈", "28万", 28_000_000},
		{"报价￥280,000,含税", "￥280,000", 28_000_000},
		{"大概二十八万左右", "二十八万", 28_000_000},
		{"要20吨,总价12万元", "12万元", 12_000_000},
		{"budget is $12,500 for 20 t", "$12,500", 1_250_000},
		{"wants 280k deal", "280k", 28_000_000},
		{"单价3500元/吨", "3500元", 350_000},
		{"USD 5000 per container", "USD 5000", 500_000},
		{"2026年预算50w", "50w", 50_000_000},
		{"要20万吨", "", 0},
		{"每年3万袋", "", 0},
		{"2026年12月20日", "", 0},
		{"call 13800000000", "", 0},
		{"visit at 3pm", "", 0},
		{"20吨麦芽糖浆", "", 0},
		{"见LEAD-42", "", 0},
		{"12,500 bags", "", 0},
		{"150 kg", "", 0},
		{"1080p", "", 0},
		{"", "", 0},
		{"一个月后", "", 0},
		{"千万别打电话", "", 0},
		{"以防万一", "", 0},
		{"15:00", "", 0},
		{"涨了3%", "", 0},
		{"买100多套", "", 0},
	} {
		got, span, ok := FindMoney(c.in, "CNY")
		if ok != (c.span != "") || ok && (span.Of(c.in) != c.span || got.Minor != c.minor) {
			t.Errorf("FindMoney(%q) = %v at %q, %v; want %d at %q", c.in, got, span.Of(c.in), ok, c.minor, c.span)
		}
	}
}
