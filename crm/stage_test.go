package crm

import "testing"

func TestStages(t *testing.T) {
	t.Parallel()
	s := DefaultStages()
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]string{
		"报价": "proposal", "方案报价": "proposal", "PROPOSAL": "proposal", "won": "won", "谈判": "negotiation",
		"qual": "qualification", "o": "", "": "", "单": "", "nothing": "",
	} {
		if got, ok := s.Find(word); got.Key != want || ok != (want != "") {
			t.Errorf("Find(%q) = %q, %v", word, got.Key, ok)
		}
	}
	if s.First().Key != "prospecting" || s.Won().Key != "won" || s.Lost().Key != "lost" {
		t.Error("the ends of the default stages")
	}
	for name, bad := range map[string]Stages{
		"none":           {},
		"no end":         s[:4],
		"key twice":      {s[0], s[0], s[4], s[5]},
		"starts closed":  {s[4], s[0], s[5]},
		"too sure":       {{Key: "a", Probability: 101}, s[4], s[5]},
		"two won":        {s[0], s[4], {Key: "x", Won: true}, s[5]},
		"won and lost":   {s[0], {Key: "x", Won: true, Lost: true}, s[5]},
		"without a name": {{Key: ""}, s[4], s[5]},
	} {
		if CodeOf(bad.Validate()) != CodeInvalid {
			t.Errorf("%s: valid", name)
		}
	}
}
