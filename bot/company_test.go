package bot

import "testing"

func TestNamesOfSourcesAndPlatforms(t *testing.T) {
	c := &Company{
		Sources:   []Source{{Name: "baidu", Words: []string{"bd", "百度", "百度推广"}}, {Name: "fair", Words: []string{"expo"}}},
		Platforms: map[string]map[string]string{"desk": {"en": "Desk", "zh-CN": "前台"}, "bell": {"en": "Bell"}},
	}
	for _, test := range []struct{ have, want string }{
		{c.SourceName("baidu", "zh-CN"), "百度"},
		{c.SourceName("baidu", "en"), "baidu"},
		{c.SourceName("fair", "zh-CN"), "fair"},
		{c.SourceName("other", "zh-CN"), "other"},
		{c.PlatformName("desk", "zh-CN"), "前台"},
		{c.PlatformName("desk", "fr"), "Desk"},
		{c.PlatformName("bell", "zh-CN"), "Bell"},
		{c.PlatformName("horn", "en"), "horn"},
	} {
		if test.have != test.want {
			t.Errorf("%q, want %q", test.have, test.want)
		}
	}
}
