package crm

// Hit is a record found by words: a name, a phone, a company, a reference.
type Hit struct {
	Ref   Ref
	Title string // the name to show
	Note  string // company or phone, to tell two of a name apart
	Owner UserID
}

// Search asks for records of the kinds whose words all occur. Kinds nil means
// every kind. Of each kind only records in scope are found.
type Search struct {
	Text   string
	Kinds  []Kind
	Scopes map[Kind]Scope
	Limit  int // 0 means 10
}
