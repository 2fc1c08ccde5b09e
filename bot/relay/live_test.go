package relay_test

import "testing"

func TestALiveThread(t *testing.T) {
	s := at(t, "en", support, lounge)
	s.play("customer:ana> person")
	s.shows("li.wei#support/1> @ live", "Live: 李伟, until 10:15", "End live")
	s.shows("li.wei#support/1> hello Ana", "To Ana in 10 s")
	s.shows("li.wei#support/1> note: she haggles", "!To Ana")
	s.shows("li.wei#support/1> @chen.jie do we have it?", "!To Ana")
	s.shows("li.wei#support/1> plan tomorrow 10:00 call her", "!To Ana") // a mistyped command
	s.shows("chen.jie#support/1> I can help", "!To Ana")                 // live is for one person
	s.shows("* wait 10s", "to customer:ana", "hello Ana", "!haggles", "!have it", "!tomorrow", "!can help")
	s.play("* wait 16m")
	s.shows("li.wei#support/1> boss agrees to 40 %", "!To Ana")
	s.shows("* wait 1m", "!to customer:ana")
}

func TestWordsThatLiveDidNotSeeGo(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person", "li.wei#support/1> @ live", "li.wei#support/1> hello Ana", "li.wei#support/1> [End live]")
	s.shows("* wait 10s", "Not sent to Ana: live has ended", "[Send it] [Keep as note]", "!to customer")
	s.play("li.wei#support/1> [Send it]")
	s.shows("* wait 10s", "to customer:ana", "hello Ana")
}

func TestARestartEndsLive(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person", "li.wei#support/1> @ live", "* wait 1m", "* restart")
	s.shows("li.wei#support/1> boss agrees to 40 %", "!To Ana")
	s.shows("* wait 1m", "!to customer")
}

// Words that were let go on purpose go whether or not live has ended.
func TestAReplyIsNoLiveLine(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person", "li.wei#support/1> @ live", "li.wei#support/1> reply: good night", "li.wei#support/1> [Close]")
	s.shows("* wait 10s", "to customer:ana", "good night", "!live has ended")
}

// What a live line is changed to was not said to the customer.
func TestALiveLineThatIsChanged(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person", "li.wei#support/1> @ live", "li.wei#support/1> hello Ana", "* wait 10s")
	s.shows("li.wei#support/1> <edit plan tomorrow 10:00 secret>", "the old words stay", "!customer:ana")
	s.shows("* wait 1m", "!secret")
	s.shows("li.wei#support/1> <edit r: hello dear Ana>", "to customer:ana", "hello dear Ana")
	s.play("li.wei#support/1> one moment please")
	s.shows("li.wei#support/1> <edit @chen.jie a secret>", "Stopped", "!customer:ana")
	s.shows("* wait 1m", "!secret")
}
