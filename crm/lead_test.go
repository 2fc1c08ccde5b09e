package crm

import (
	"errors"
	"testing"
	"time"
)

func TestLeadMoves(t *testing.T) {
	t.Parallel()
	verbs := map[string]func(*Lead) error{
		"qualify": (*Lead).Qualify,
		"lose":    func(l *Lead) error { return l.Lose("price") },
		"reopen":  (*Lead).Reopen,
		"convert": func(l *Lead) error { return l.Convert(1, 2, 3) },
		"work":    func(l *Lead) error { l.Work(); return nil },
	}
	for _, x := range []struct {
		have LeadStatus
		do   string
		want LeadStatus
		key  string
	}{
		{LeadNew, "work", LeadWorking, ""},
		{LeadNew, "qualify", LeadQualified, ""},
		{LeadNew, "convert", LeadConverted, ""},
		{LeadNew, "lose", LeadLost, ""},
		{LeadNew, "reopen", LeadNew, "lead.is.open"},
		{LeadWorking, "work", LeadWorking, ""},
		{LeadWorking, "qualify", LeadQualified, ""},
		{LeadWorking, "convert", LeadConverted, ""},
		{LeadWorking, "lose", LeadLost, ""},
		{LeadWorking, "reopen", LeadWorking, "lead.is.open"},
		{LeadQualified, "work", LeadQualified, ""},
		{LeadQualified, "qualify", LeadQualified, "lead.is.qualified"},
		{LeadQualified, "convert", LeadConverted, ""},
		{LeadQualified, "lose", LeadLost, ""},
		{LeadQualified, "reopen", LeadQualified, "lead.is.qualified"},
		{LeadConverted, "work", LeadConverted, ""},
		{LeadConverted, "qualify", LeadConverted, "lead.is.converted"},
		{LeadConverted, "convert", LeadConverted, "lead.is.converted"},
		{LeadConverted, "lose", LeadConverted, "lead.is.converted"},
		{LeadConverted, "reopen", LeadConverted, "lead.is.converted"},
		{LeadLost, "work", LeadLost, ""},
		{LeadLost, "qualify", LeadLost, "lead.is.lost"},
		{LeadLost, "convert", LeadLost, "lead.is.lost"},
		{LeadLost, "lose", LeadLost, "lead.is.lost"},
		{LeadLost, "reopen", LeadWorking, ""},
	} {
		t.Run(string(x.have)+" "+x.do, func(t *testing.T) {
			t.Parallel()
			l := &Lead{ID: 1, Status: x.have}
			wantKey(t, verbs[x.do](l), CodeConflict, x.key)
			if l.Status != x.want {
				t.Errorf("%s %s: %s, want %s", x.have, x.do, l.Status, x.want)
			}
			open := x.want == LeadNew || x.want == LeadWorking || x.want == LeadQualified
			if l.Open() != open {
				t.Errorf("%s: Open = %v", l.Status, l.Open())
			}
		})
	}
}

func TestLeadReasons(t *testing.T) {
	t.Parallel()
	l := &Lead{Status: LeadNew}
	wantKey(t, l.Lose("  "), CodeInvalid, "reason.missing")
	if l.Status != LeadNew {
		t.Errorf("without a reason the lead is %s", l.Status)
	}
	wantKey(t, l.Lose(" 空号 "), "", "")
	if l.LostReason != "空号" {
		t.Errorf("reason %q", l.LostReason)
	}
	wantKey(t, l.Reopen(), "", "")
	if l.LostReason != "" {
		t.Errorf("a reopened lead keeps its reason %q", l.LostReason)
	}
}

func TestLeadCheck(t *testing.T) {
	t.Parallel()
	s, now := Settings{Country: "CN"}, time.Unix(0, 0)
	for _, x := range []struct {
		name  string
		have  Lead
		want  Lead
		field string
	}{
		{"tidied", Lead{Name: " 张伟 ", Phone: "138 0000 0000", Intent: "a"}, Lead{Name: "张伟", Phone: "+8613800000000", Intent: IntentHigh}, ""},
		{"a company stands for itself", Lead{Company: "融氏"}, Lead{Name: "融氏", Company: "融氏"}, ""},
		{"no name", Lead{Need: "20 t"}, Lead{}, "name"},
		{"no phone", Lead{Name: "x", Phone: "12"}, Lead{}, "phone"},
		{"no mail", Lead{Name: "x", Email: "nowhere"}, Lead{}, "email"},
		{"no intent", Lead{Name: "x", Intent: "Z"}, Lead{}, "intent"},
		{"endless name", Lead{Name: string(make([]rune, 201))}, Lead{}, "name"},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			l := x.have
			err := l.check(s, now)
			if x.field == "" {
				if err != nil || l != x.want {
					t.Errorf("check(%+v) = %+v, %v", x.have, l, err)
				}
				return
			}
			wantField(t, err, x.field)
		})
	}
}

func TestLeadJoin(t *testing.T) {
	t.Parallel()
	l := &Lead{Need: "20 t syrup", Phone: "+1", First: Source{Name: "web"}, Latest: Source{Name: "web"}}
	l.join(&Lead{Need: "and samples", Phone: "+2", Company: "Rongshi", Latest: Source{Name: "fair"}})
	if l.Need != "20 t syrup; and samples" || l.Phone != "+1" || l.Company != "Rongshi" || l.Latest.Name != "fair" || l.First.Name != "web" {
		t.Errorf("joined: %+v", l)
	}
	l.join(&Lead{Need: "samples"})
	if l.Need != "20 t syrup; and samples" {
		t.Errorf("said twice: %q", l.Need)
	}
	empty := &Lead{}
	if empty.join(&Lead{Need: "5 t"}); empty.Need != "5 t" {
		t.Errorf("first need: %q", empty.Need)
	}
}

func wantField(t *testing.T, err error, field string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Code != CodeInvalid || e.Field != field {
		t.Errorf("got %v, want field %s", err, field)
	}
}
