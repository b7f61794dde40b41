package analyze

// Caps bound what a run keeps of all connections together. Zero values mean
// the stated default. What a cap dropped is told by the scorecard: of the
// checks that it cost, as not carried out.
type Caps struct {
	Requests int // that wait for a response; default 1,048,576
	Receipts int // accepted messages that wait for theirs; default 131,072
	Findings int // default 10,000
}
