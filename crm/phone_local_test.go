package crm

import "testing"

func TestLocalPhone(t *testing.T) {
	for _, test := range []struct{ phone, country, want string }{
		{"+8613800000000", "CN", "138 0000 0000"},
		{"+8653188888888", "CN", "053188888888"},
		{"+85291234567", "HK", "91234567"},
		{"+12125550100", "US", "2125550100"},
		{"+442071838750", "GB", "02071838750"},
		{"+8613800000000", "US", "+8613800000000"},
		{"+8613800000000", "", "+8613800000000"},
		{"+861", "CN", "+861"},
		{"", "CN", ""},
	} {
		got := LocalPhone(test.phone, test.country)
		if got != test.want {
			t.Errorf("LocalPhone(%q, %q) = %q, want %q", test.phone, test.country, got, test.want)
		}
		if back, ok := NormalPhone(got, test.country); test.phone != "" && len(test.phone) > 6 && test.country != "" && (!ok || back != test.phone) {
			t.Errorf("%q is read back as %q, %v", got, back, ok)
		}
	}
}
