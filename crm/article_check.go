package crm

// Check tidies an article that is to be Put, and says what is wrong with it
// without a store. Returns CodeInvalid, with the field at fault.
func (a *Article) Check() error { return a.check() }
