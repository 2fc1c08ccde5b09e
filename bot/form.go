package bot

// Form is a command's questions all at once, for platforms that show forms
// (Features.Can(OpView)). Everything in it is plain text but Text, which is
// markup. Submitting it becomes an Inbound of KindForm with the Action of the
// Form and Values by the names of its fields.
type Form struct {
	// Action is the command line that the values complete, or "b:<id>". The
	// adapter hands it back as it is and keeps it where the person cannot
	// change it.
	Action string      `json:"action"`
	Title  string      `json:"title"`
	Text   string      `json:"text,omitempty"`
	Submit string      `json:"submit"`
	Cancel string      `json:"cancel"`
	Fields []FormField `json:"fields"`
}

// FormField is one question of a Form.
type FormField struct {
	Name     string    `json:"name"`
	Label    string    `json:"label"`
	Hint     string    `json:"hint,omitempty"`
	Value    string    `json:"value,omitempty"` // what is filled in already
	Type     FieldType `json:"type,omitempty"`
	Required bool      `json:"required,omitempty"`
	Max      int       `json:"max,omitempty"` // longest answer in runes; 0 is what the platform allows
	Options  []Option  `json:"options,omitempty"`
	// Error says what is wrong with the value, "" if nothing.
	Error string `json:"error,omitempty"`
}

// FieldType is how a field is filled in.
type FieldType string

// The types of field. One that a platform does not have is a line of text.
const (
	FieldLine   FieldType = ""       // one line
	FieldText   FieldType = "text"   // several lines
	FieldChoice FieldType = "choice" // one of Options
	FieldDay    FieldType = "day"    // "2026-12-20"
	// FieldSearch is one of many: Consult with an Inbound of KindAction, the
	// Action "options <Form.Action>", Target naming the field and Text what was
	// typed so far returns the Options in a Form of that field alone.
	FieldSearch FieldType = "search"
)

// Option is one of a field's answers.
type Option struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// Errors are the errors of the fields by name, empty if there is none.
func (f *Form) Errors() map[string]string {
	errs := map[string]string{}
	if f == nil {
		return errs
	}
	for _, field := range f.Fields {
		if field.Error != "" {
			errs[field.Name] = field.Error
		}
	}
	return errs
}
