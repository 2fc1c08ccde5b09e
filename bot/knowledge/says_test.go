package knowledge

import (
	"testing"

	"crmbot/crm"
)

func TestSays(t *testing.T) {
	t.Parallel()
	x := shelve([]*crm.Article{
		{Slug: "shelf", Language: "en", Body: "Maltose syrup keeps **18 months** unopened at 10 to 30 °C. Once opened, use it within four weeks."},
		{Slug: "shelf", Language: "zh-CN", Body: "麦芽糖浆未开封可保存**18个月**，储存温度10到30℃。"},
		{Slug: "powder", Language: "en", Body: "Maltose powder keeps **24 months** unopened in a dry place. Once opened, use it within four weeks."},
		{Slug: "returns", Language: "en", Body: "Unopened goods can be returned within 7 days. Damaged goods are replaced at our cost."},
		{Slug: "returns", Language: "zh-CN", Body: "未开封产品7天内可退，破损产品免费补发。"},
		{Slug: "hours", Language: "en", Body: "We answer from Monday to Friday, 9:00 to 18:00 Beijing time."},
	}, Words{Filler: []string{"we", "is", "it", "the", "a", "to", "from", "you", "can", "的", "了", "可"}}.ready())
	for _, c := range []struct{ reply, want string }{
		{"Maltose syrup keeps 18 months unopened at 10 to 30 °C.", "shelf"},
		{"Hi Ana, unopened the maltose syrup keeps 18 months, at 10 to 30 °C", "shelf"},
		{"未开封的麦芽糖浆可以保存18个月，温度10到30度", "shelf"},
		{"Damaged goods are replaced at our cost, and unopened goods can be returned within 7 days", "returns"},
		{"破损产品免费补发，未开封的7天内可退", "returns"},
		{"We answer Monday to Friday, 9:00 to 18:00", "hours"},
		// What only one part of it says, or two of them, is not the same.
		{"Once opened, use it within four weeks.", ""},
		{"18 months", ""},
		{"yes", ""},
		{"好的", ""},
		{"", ""},
		{"Let me ask the lab and come back to you tomorrow.", ""},
		{"您好，我问一下仓库再回复您", ""},
		{"Your order leaves on Monday, tracking number follows", ""},
	} {
		have := ""
		if a := x.says(c.reply); a != nil {
			have = a.Slug
		}
		if have != c.want {
			t.Errorf("%q says the same as %q, want %q", c.reply, have, c.want)
		}
	}
}
