// Package store keeps what a run recorded in an SQLite database, and reads it
// back. Its schema is a contract (interfaces.md, SQLite).
//
// Promises:
//
//   - One writer a file, held by an operating system lock beside it that dies
//     with the process. Readers work while it writes and never hold it up.
//   - A database is only opened to be changed when it is new, empty or our
//     own; opening one to read never creates or changes it.
//   - A Writer commits at least every 500 ms. Whatever happens to the process
//     or the disk later, what was committed stays; what was not is counted in
//     the error.
//   - A Live never makes a run wait and never fails it: what the database
//     cannot take waits in a bounded queue, then is dropped and counted.
//   - Octets and texts are stored as they came, NULs and broken UTF-8
//     included. Who shows them makes them safe.
//   - Nothing here masks: records are masked before they reach a sink.
//
// DB may be used concurrently; a Writer's Write and Close, and a
// Live's, belong to one goroutine; a Live's counts may be asked for by any.
package store
