// Package proxy relays SMPP connections between ESMEs and SMSCs and lends
// what passes to a stream.Handler.
//
// Promises:
//
//   - What one peer sends reaches the other unchanged and in order. Nothing
//     waits for the handler: a Tap of a relay only enqueues (one that waited
//     would hold up other connections). One that panics is dropped, and the
//     relay goes on.
//   - The tap hears octets before they are written, so it hears a request
//     before its response.
//   - FIN and RST are carried over in kind; with TLS, close_notify as well. A
//     slow peer slows the other one; at most one buffer a direction stands
//     between them.
//   - What was received and could not be delivered is counted and logged.
//   - No idle timeout. Nagle's algorithm is off on both sides. Keep-alive
//     probes begin after 60 s of silence, one every 10 s; a peer that leaves
//     six unanswered has vanished, and its connection is reset.
//   - The SMSC is dialled as soon as the client is accepted (where the client
//     has to show a PROXY header or a TLS handshake: after that), and the
//     client is read from once the SMSC is there. When it cannot be had, the
//     client gets a RST: its connection failed, nobody ended it.
//   - On Linux, threads of its own relay plain connections while nothing
//     happens but octets (see carrier); else there is one goroutine per
//     direction. Run returns when all it started have ended.
package proxy
