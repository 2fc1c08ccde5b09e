package crm

var errTodo = Fail(CodeUnsupported, "todo")
