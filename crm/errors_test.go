package crm

import (
	"errors"
	"fmt"
	"testing"
)

func TestErrors(t *testing.T) {
	t.Parallel()
	cause := errors.New("disk full")
	err := fmt.Errorf("worker: %w", Fail(CodeUnavailable, "x").Because(cause).In("f"))
	if CodeOf(err) != CodeUnavailable || !errors.Is(err, cause) {
		t.Errorf("%v: code %s", err, CodeOf(err))
	}
	if CodeOf(nil) != "" || CodeOf(cause) != CodeInternal {
		t.Error("codes of nil and of an error not ours")
	}
	if got := Fail(CodeInvalid, "x.y").Error(); got != "x.y (invalid)" {
		t.Errorf("Error() = %q", got)
	}
}
