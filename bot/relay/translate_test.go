package relay_test

import "testing"

func TestTwoLanguagesInOneThread(t *testing.T) {
	s := at(t, "en", support)
	s.play("* with translator on", "customer:ana> 你们的糖浆太甜了怎么办")
	s.shows("customer:ana> 转人工", "**Ana**: 你们的糖浆太甜了怎么办", "↳ en‹你们的糖浆太甜了怎么办›")
	s.shows("li.wei#support/1> r: we have a milder one", "being put into 中文", "To Ana in 10 s", "“zh-CN‹we have a milder one›”", "Original: “we have a milder one”")
	s.shows("* wait 10s", "Sent to Ana", "to customer:ana", "李伟：zh-CN‹we have a milder one›")
	s.play("li.wei#support/1> r: the second one is stronger")
	s.shows("li.wei#support/1> [Send the original]", "The original goes")
	s.shows("* wait 10s", "to customer:ana", "the second one is stronger", "!zh-CN‹")
	s.shows("li.wei#support/1> r: 好的", "To Ana in 10 s", "!being put")
}

func TestWithoutATranslatorTheOriginalGoes(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> 你们的糖浆太甜了怎么办", "customer:ana> 转人工")
	s.shows("li.wei#support/1> r: we have a milder one", "To Ana in 10 s", "!being put")
	s.shows("* wait 10s", "to customer:ana", "we have a milder one")
}

func TestATranslationThatIsOutCanBeTakenBack(t *testing.T) {
	s := at(t, "en", support)
	s.play("* with translator on", "customer:ana> 你们的糖浆太甜了怎么办", "customer:ana> 转人工", "li.wei#support/1> r: we have a milder one", "* wait 10s")
	s.shows("li.wei#support/1> <edit r: we have two milder ones>", "is a translation", "!customer:ana")
	s.shows("li.wei#support/1> <delete>", "to customer:ana", "(deletes)")
}
