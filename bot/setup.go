package bot

// Setup is what a newcomer is asked for to open an install of a platform. The
// texts are by language: only the adapter knows what the platform's own pages
// are called. In Intro, Outro, Ask and After {hook} is the webhook's address and
// {public_url} the program's.
type Setup struct {
	Name   Local             // what people call the platform
	Intro  Local             // which page to open and what to do there
	Fixed  map[string]string // keys of the config that are not asked for
	Fields []SetupField
	// Home is the language of those who have this platform anyway, "" if it is
	// everybody's: they are asked for it first.
	Home string
	// Install is what the first install is called, "" is main.
	Install string
	// Public says that the platform calls us: public_url is asked for if the
	// config has none.
	Public bool
	// Paste is a text to paste on the platform's page. It is put into a file
	// beside the config, whose name is {paste} in Intro. "" is none.
	Paste string
	// Place asks for the chat of colleagues in which customers' conversations open
	// as threads, by the id that the config wants; nil where none can. Its Key and
	// Env mean nothing.
	Place *SetupField
	// Outro is what is left to do on the platform's page afterwards.
	Outro Local
}

// SetupField is one value to paste, or one to choose.
type SetupField struct {
	Key    string // of the config
	Env    string // the variable that holds a secret; "" to write the value into the config
	Prefix string // what a right value begins with, "" if unknown
	Ask    Local  // the question
	// Pattern is the regular expression of a right value, "" for any.
	Pattern string
	// Optional fields are skipped with Enter: the key is left out.
	Optional bool
	// Choices, if there are any, are offered by number; Enter takes the first.
	// Values "true" and "false" without names make it a question of yes and no.
	Choices []SetupChoice
	// When asks only if earlier fields have these values.
	When map[string]string
	// Make is the length of a value that Enter makes up, of letters and digits;
	// 0 if a value cannot be made up.
	Make int
	// After is said once the answer is there. {value} shows the value: only for
	// one that has to be pasted on the platform's page.
	After Local
}

// SetupChoice is one answer of a SetupField.
type SetupChoice struct {
	Value  string
	Name   Local
	Public bool // needs public_url, see Setup.Public
}
