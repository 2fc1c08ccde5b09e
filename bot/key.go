package bot

// BadKey is a key of an install's block that cannot be used. New returns it, so
// that whoever reads it has a sentence in the language of the config and is told
// where the value stands. It holds no value of the config.
type BadKey struct {
	Key  string
	Rule Rule
	Want string // what the Rule speaks of
}

// Rule is what a key of the config has to keep.
type Rule string

// The rules.
const (
	RuleGiven  Rule = "given"  // it is missing
	RuleBegins Rule = "begins" // it begins with Want
	RuleForm   Rule = "form"   // it looks like Want
	RuleOneOf  Rule = "one_of" // it is one of Want
	RuleNeeded Rule = "needed" // Want, such as "mode: http", needs it
	RuleAlone  Rule = "alone"  // it does not go with Want
)

// Error is for the log.
func (e *BadKey) Error() string {
	switch e.Rule {
	case RuleBegins:
		return e.Key + ": must begin with " + e.Want
	case RuleForm:
		return e.Key + ": must look like " + e.Want
	case RuleOneOf:
		return e.Key + ": must be one of " + e.Want
	case RuleNeeded:
		return e.Key + ": " + e.Want + " needs it"
	case RuleAlone:
		return e.Key + ": does not go with " + e.Want
	}
	return e.Key + ": missing"
}
