package store

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"gorm.io/gorm"
)

// commitsTogether is how many writes that wait are committed in one transaction, at the most, unless CommitTogether says
// otherwise.
const commitsTogether = 256

// mostPatience is how long writes that wait are kept waiting for others, at the most.
const mostPatience = 2 * time.Millisecond

// queue holds the writes that wait for their turn, in the order in which they came. One goroutine takes all that have
// gathered while it was busy, and commits them together: what costs most of a durable write, the wait for the disk, is
// then paid once for all of them.
type queue struct {
	most atomic.Int64 // writes in one transaction

	mu      sync.Mutex
	filled  sync.Cond // signalled when waiting or closed changes
	waiting []*job
	closed  bool
	ended   chan struct{} // closed when the goroutine has ended

	lately   int           // how many jobs there were when the last transaction ended: its own, and those that waited
	patience time.Duration // how long to wait for as many
}

// job is a write that somebody waits for.
type job struct {
	ctx   context.Context
	fn    func(tx *gorm.DB) error
	alone bool // to be committed by itself: it is long, and others would have to wait for it to know how they fared
	// adds says that fn only hands new claims to its transaction, which writes those of several jobs by the same statements.
	adds bool
	// large says that what it writes costs so much more than a commit does that it is not kept waiting for others.
	large bool

	done     chan struct{} // closed when err and panicked are final
	err      error
	panicked any // what fn panicked with
}

func newQueue(commit func([]*job), between func()) *queue {
	q := &queue{ended: make(chan struct{})}
	q.most.Store(commitsTogether)
	q.filled.L = &q.mu
	go func() {
		defer close(q.ended)
		for batch := q.next(); batch != nil; batch = q.next() {
			began := time.Now()
			commit(batch)
			q.ran(len(batch), time.Since(began))
			between()
		}
	}()
	return q
}

// do waits until a job is done, or its context ends before it was begun.
func (q *queue) do(j *job) error {
	q.mu.Lock()
	q.waiting = append(q.waiting, j)
	q.mu.Unlock()
	q.filled.Signal()
	select {
	case <-j.done:
	case <-j.ctx.Done():
		if q.withdraw(j) {
			return j.ctx.Err()
		}
		<-j.done
	}
	if j.panicked != nil {
		panic(j.panicked)
	}
	return j.err
}

// withdraw takes a job out of the queue, and is false where it is not there any more.
func (q *queue) withdraw(j *job) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.waiting, j)
	if i < 0 {
		return false
	}
	q.waiting = slices.Delete(q.waiting, i, i+1)
	return true
}

// next waits for jobs and takes as many as may be committed together. It is nil once the queue is closed and empty.
func (q *queue) next() []*job {
	q.mu.Lock()
	defer q.mu.Unlock()
	most := int(q.most.Load())
	for {
		for len(q.waiting) == 0 {
			if q.closed {
				return nil
			}
			q.filled.Wait()
		}
		if q.gather(min(q.lately, most)); len(q.waiting) > 0 { // else those that waited went away meanwhile
			break
		}
	}
	n := 1
	for !q.waiting[0].alone && n < len(q.waiting) && n < most && !q.waiting[n].alone {
		n++
	}
	batch := q.waiting[:n:n]
	q.waiting = q.waiting[n:]
	return batch
}

// gather waits a little until so many jobs wait. Clients who write one thing after another send the next once the last is
// answered: without this, half of them would wait while the other half is committed, always.
func (q *queue) gather(wanted int) {
	if len(q.waiting) >= wanted || q.waiting[0].alone || q.waiting[0].large {
		return
	}
	over := false
	timer := time.AfterFunc(q.patience, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		over = true
		q.filled.Signal()
	})
	defer timer.Stop()
	for len(q.waiting) > 0 && len(q.waiting) < wanted && !over && !q.closed {
		q.filled.Wait()
	}
}

// ran notes that a transaction of so many jobs has ended, and how long it took.
func (q *queue) ran(jobs int, took time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.lately, q.patience = jobs+len(q.waiting), min(took/4, mostPatience)
}

// close ends the queue's goroutine once all that waits is done.
func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.filled.Signal()
	<-q.ended
}
