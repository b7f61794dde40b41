package capture

// node hangs an element into a queue without allocating. at is the time, or
// another mark, by which the queue is served.
type node[T any] struct {
	prev, next *node[T]
	of         *T
	at         int64
}

func (n *node[T]) queued() bool { return n.next != nil }

// queue is a doubly linked list, oldest first.
type queue[T any] struct {
	root node[T]
	len  int
}

// front is the oldest node or nil.
func (q *queue[T]) front() *node[T] {
	if q.len == 0 {
		return nil
	}
	return q.root.next
}

// push hangs n in by its mark; n may be in the queue already. Marks come
// nearly in order, so the few steps from the end suffice; what is older still
// comes that little bit late.
func (q *queue[T]) push(n *node[T], of *T, at int64) {
	if q.root.next == nil {
		q.root.prev, q.root.next = &q.root, &q.root
	}
	if n.queued() {
		q.remove(n)
	}
	n.of, n.at = of, at
	after := q.root.prev
	for range 32 {
		if after == &q.root || after.at <= at {
			break
		}
		after = after.prev
	}
	n.prev, n.next = after, after.next
	after.next.prev, after.next = n, n
	q.len++
}

func (q *queue[T]) remove(n *node[T]) {
	if !n.queued() {
		return
	}
	n.prev.next, n.next.prev = n.next, n.prev
	n.prev, n.next, n.of = nil, nil, nil
	q.len--
}
