package relay_test

import (
	"fmt"
	"strings"
	"testing"
)

func contains(shown, piece string) bool { return strings.Contains(shown, piece) }

// While the place is away customers go on; then the thread shows it all, in
// order and once.
func TestAPlaceThatWasAway(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person", "* down office")
	var want []string
	for i := range 40 {
		s.play(fmt.Sprintf("customer:ana> line %d of the story.", i))
		want = append(want, fmt.Sprintf("line %d of the story.", i))
	}
	s.play("* restart", "* up office")
	s.shows("* wait 10m", want...)
	s.shows("customer:ana> one more for you", "one more", "!story")
}

// The words that made the thread open are in it, though the process ended
// before it was there.
func TestARestartBeforeTheThreadIsThere(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> how long does delivery take?", "* down office", "customer:ana> person", "customer:ana> it is urgent", "* restart", "* up office")
	s.shows("* wait 5m", "to #support/1", "(opens a thread)", "how long does delivery take?", "person", "it is urgent")
}

// Words that are held go out once, whatever happens to the process.
func TestARestartWhileWordsAreHeld(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person", "li.wei#support/1> r: 18 months", "* restart")
	s.shows("* wait 10s", "to customer:ana", "18 months")
	s.play("* restart")
	s.shows("* wait 1m", "!18 months")
}

func TestAThreadThatIsNoMore(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person", "customer:ana> one", "* lost #support/1")
	s.shows("customer:ana> two", "to #support/2", "(opens a thread)", "one", "two")
	s.shows("customer:ana> three", "to #support/2", "three", "!two")
	s.play("li.wei#support/2> r: hello")
	s.shows("* wait 10s", "to customer:ana", "hello")
}

func TestAPlaceThatIsArchived(t *testing.T) {
	s := at(t, "en", support, "office:team#backup")
	s.play("customer:ana> person", "customer:ana> one", "* archived #support")
	s.shows("customer:ana> two", "to #backup/1", "(opens a thread)", "one", "two", "to gu.yan", "gone", "to wang.fang", "gone")
	s.shows("customer:ana> three", "to #backup/1", "three", "!gu.yan", "!wang.fang")
	s.play("* archived #backup")
	s.shows("customer:ana> four", "to gu.yan", "gone")
	s.shows("customer:ana> five", "!#backup", "!gu.yan")
}

func TestTheSameClickTwice(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person", "li.wei#support/1> 18 months", "li.wei#support/1> [Send it]", "li.wei#support/1> [Send it]")
	shown := s.play("* wait 10s") + s.play("* wait 1m")
	if n := strings.Count(shown, "李伟: 18 months"); n != 1 {
		t.Errorf("she reads it %d times:\n%s", n, shown)
	}
}

func TestFilesAreShownInOrder(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person", "customer:ana>> <photo bag.jpg>")
	s.shows("customer:ana> torn on arrival", "to #support/1", "📎 bag.jpg", "torn on arrival")
}

// Whoever writes in a thread that another has taken the place of is heard.
func TestWordsInAThreadThatIsNoMore(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person", "li.wei#support/1> r: hello", "* wait 10s", "li.wei#support/1> [Close]", "* wait 400h")
	s.shows("customer:ana> person", "to #support/2", "(opens a thread)")
	s.shows("li.wei#support/1> she called me", "to #support/2", "(note): she called me")
	s.shows("li.wei#support/1> r: hello again", "To Ana in 10 s")
	s.shows("* wait 10s", "to #support/1", "Sent to Ana", "to #support/2", "hello again", "to customer:ana", "hello again")
}
