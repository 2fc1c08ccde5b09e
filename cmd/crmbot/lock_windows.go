package main

import (
	"os"
	"syscall"
)

// lockFile takes a file for this process alone until it is closed, or until
// the process ends in whatever way: it is opened without sharing.
func lockFile(path string) (*os.File, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	handle, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		return nil, errInUse
	}
	return os.NewFile(uintptr(handle), path), nil
}
