package webchat

import (
	"bufio"
	"net"
	"net/http"
)

// What a browser's frame and most of ours fit into. A page that is open and
// says nothing keeps both buffers, and that is most pages at most times; what is
// longer passes them by.
const (
	readBuffer  = 512
	writeBuffer = 1024
)

// slim hands a connection over with small buffers in place of the server's own,
// and keeps it: the last thing that a socket needs is a deadline.
type slim struct {
	http.ResponseWriter
	line net.Conn
}

// Hijack implements http.Hijacker. What had been read already is read again.
func (s *slim) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	line, both, err := http.NewResponseController(s.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	s.line = line
	if n := both.Reader.Buffered(); n > 0 {
		ahead, err := both.Reader.Peek(n)
		if err != nil {
			return nil, nil, err
		}
		line = &early{line, append([]byte(nil), ahead...)}
	}
	return line, bufio.NewReadWriter(bufio.NewReaderSize(line, readBuffer), bufio.NewWriterSize(line, writeBuffer)), nil
}

// early is a connection of which the beginning was read before.
type early struct {
	net.Conn
	ahead []byte
}

// Read implements net.Conn.
func (e *early) Read(p []byte) (int, error) {
	if len(e.ahead) > 0 {
		n := copy(p, e.ahead)
		e.ahead = e.ahead[n:]
		return n, nil
	}
	return e.Conn.Read(p)
}
