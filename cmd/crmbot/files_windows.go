//go:build windows

package main

// connectionsMost is how many connections the world may hold.
func connectionsMost() int { return openMost }
