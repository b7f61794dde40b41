// Package proxy relays SMPP connections between ESMEs and SMSCs and lends
// what passes to a stream.Handler.
//
// Promises:
//
//   - What one peer sends reaches the other unchanged and in order. Nothing
//     waits for the handler: a Tap of a relay only enqueues.
//   - The tap hears octets before they are written, so it hears a request
//     before its response.
//   - FIN and RST are carried over in kind. A slow peer slows the other one;
//     at most one buffer a direction stands between them.
//   - One goroutine per direction; Run returns when all it started have ended.
package proxy
