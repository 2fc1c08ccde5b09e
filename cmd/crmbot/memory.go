package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// garbage is how much of it may pile up before it is collected, in percent of
// what is alive. Half of what Go does by itself spares ten megabytes, and
// collecting takes a twentieth of the CPU then.
const garbage = 40

// thrift keeps the memory of a process small that runs for long, once it has
// started. Whoever sets GOGC knows better.
func thrift() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
}

// forget has the process no longer note who asks for memory. Only a profile says
// it, and the notes are a megabyte and more.
func forget() { runtime.MemProfileRate = 0 }
