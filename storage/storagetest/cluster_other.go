//go:build !unix

package storagetest

import "errors"

func cluster() (string, error) {
	return "", errors.New("a throw-away server is made on Unix only")
}
