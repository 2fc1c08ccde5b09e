package bot

// Setup is what a newcomer is asked for to open an install of a platform. The
// texts are by language, "en" and "zh-CN": only the adapter knows what the
// platform's own pages are called.
type Setup struct {
	Name   map[string]string // what people call the platform
	Intro  map[string]string // which page to open and what to do there
	Fixed  map[string]string // keys of the config that are not asked for
	Fields []SetupField
}

// SetupField is one value to paste.
type SetupField struct {
	Key    string            // of the config
	Env    string            // the variable that holds a secret; "" to write the value into the config
	Prefix string            // what a right value begins with, "" if unknown
	Ask    map[string]string // the question
}
