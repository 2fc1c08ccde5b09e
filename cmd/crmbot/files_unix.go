//go:build unix

package main

import "syscall"

// connectionsMost is how many connections the world may hold: fewer than the
// files that we may open, so that there are some left for the database, for
// platforms and for us.
func connectionsMost() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return openMost
	}
	files := int(min(limit.Cur, 2*openMost)) // there may be no limit at all
	return min(openMost, max(files*7/8, 128)-64)
}
