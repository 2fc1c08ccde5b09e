// Package weixin is what Tencent's two platforms have in common: the door that
// callbacks come in by, the access token, and the way out to the API.
//
// The library that the platforms' packages call the API with has one HTTP
// client for everybody, knows no context and puts the access token into every
// address. So it is given a handle in the token's place, good for one call.
// The client, which is set once for the whole process, knows the handles: it
// puts in the token, the address and the proxy of the account that calls, and
// the deadline of the call, and refuses what carries no handle. Many accounts
// and many tests can so live side by side, and no secret is in an address that
// may end up in an error.
package weixin
