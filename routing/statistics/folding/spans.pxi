# Intervals: what was counted in one is put aside when it is over.


@cython.final
@cython.no_gc
cdef class Span:
    """One interval that is over: a row of numbers for each queue and channel, and each agent, with anything in it."""

    cdef int64_t start
    cdef int64_t end
    cdef bytes cells               # rows of queue, channel and QUEUE_FIELDS
    cdef bytes workers             # rows of agent and AGENT_FIELDS
    cdef dict reasons              # agent -> {reason: ns}, of those who were not ready


@cython.no_gc
cdef class Spans(Stays):
    """The edge of an interval."""

    @cython.final
    cdef int _close_until(self, int64_t at) except -1:
        """Close every interval that ends at ``at`` or before. O(queues + agents) each."""
        cdef bint live
        while at >= self.end:
            self.now = self.end
            live = self._close()
            self.end += self.interval
            if not live and at >= self.end:  # nothing is counted until something happens
                self.end = (at // self.interval + 1) * self.interval
        return 0

    @cython.final
    cdef bint _close(self) except -1:
        """Put the present interval aside; is there anything that goes on in the next?"""
        cdef Span span = Span.__new__(Span)
        cdef bint live = False
        cdef uint32_t i
        span.start = self.end - self.interval
        span.end = self.end
        span.reasons = {}
        span.cells = self._cell_rows()
        span.workers = self._worker_rows(span.reasons)
        if PyBytes_GET_SIZE(span.cells) or PyBytes_GET_SIZE(span.workers):
            self.finished.append(span)
        for i in range(self.n_cells):
            live = live or self.cells[i].waiting != 0
            cell_shift(self.cells[i])
        for i in range(self.n_workers):
            live = live or self.workers[i].logged_in
            worker_shift(&self.workers[i])
        return live

    @cython.final
    cdef bytes _cell_rows(self):
        cdef uint32_t i, rows = 0
        cdef int64_t* row
        for i in range(self.n_cells):
            self._integrate(self.cells[i])
            rows += something(self.cells[i].n, QUEUE_FIELDS)
        cdef bytes made = PyBytes_FromStringAndSize(NULL, rows * (QUEUE_FIELDS + 2) * sizeof(int64_t))
        row = <int64_t*>PyBytes_AS_STRING(made)
        for i in range(self.n_cells):
            if something(self.cells[i].n, QUEUE_FIELDS):
                row[0] = self.cells[i].queue
                row[1] = self.cells[i].channel
                memcpy(row + 2, self.cells[i].n, QUEUE_FIELDS * sizeof(int64_t))
                row += QUEUE_FIELDS + 2
        return made

    @cython.final
    cdef bytes _worker_rows(self, dict reasons):
        cdef uint32_t i, j, rows = 0
        cdef int64_t* row
        cdef Worker* a
        for i in range(self.n_workers):
            a = &self.workers[i]
            self._cut(a)
            worker_staffed(a.n)
            rows += something(a.n, AGENT_FIELDS)
            for j in range(a.n_tallies):
                if a.tallies[j].n:
                    reasons.setdefault(i, {})[self.reason_ids[a.tallies[j].reason]] = a.tallies[j].n
        cdef bytes made = PyBytes_FromStringAndSize(NULL, rows * (AGENT_FIELDS + 1) * sizeof(int64_t))
        row = <int64_t*>PyBytes_AS_STRING(made)
        for i in range(self.n_workers):
            a = &self.workers[i]
            if something(a.n, AGENT_FIELDS):
                row[0] = i
                memcpy(row + 1, a.n, AGENT_FIELDS * sizeof(int64_t))
                row += AGENT_FIELDS + 1
        return made

    def _take_rows(self, int64_t most):
        """At most so many rows of queues and of agents, of the intervals that are over."""
        cdef list queues = []
        cdef list agents = []
        cdef Span span
        cdef Py_ssize_t empty = 0
        for span in self.finished:
            most -= self._take_cells(span, queues, most)
            most -= self._take_workers(span, agents, most)
            if PyBytes_GET_SIZE(span.cells) or PyBytes_GET_SIZE(span.workers):
                break
            empty += 1
        del self.finished[:empty]
        return queues, agents

    @cython.final
    cdef int64_t _take_cells(self, Span span, list queues, int64_t most) except -1:
        cdef const int64_t* row = <const int64_t*>PyBytes_AS_STRING(span.cells)
        cdef Py_ssize_t size = (QUEUE_FIELDS + 2) * sizeof(int64_t)
        cdef int64_t i, rows = min(PyBytes_GET_SIZE(span.cells) // size, most)
        for i in range(rows):
            queues.append(_s.QueueRow(
                span.start, span.end, self.queue_ids[row[0]], self.channel_ids[row[1]], queue_counts(row + 2)
            ))
            row += QUEUE_FIELDS + 2
        span.cells = span.cells[rows * size:]
        return rows

    @cython.final
    cdef int64_t _take_workers(self, Span span, list agents, int64_t most) except -1:
        cdef const int64_t* row = <const int64_t*>PyBytes_AS_STRING(span.workers)
        cdef Py_ssize_t size = (AGENT_FIELDS + 1) * sizeof(int64_t)
        cdef int64_t i, rows = min(PyBytes_GET_SIZE(span.workers) // size, most)
        for i in range(rows):
            agents.append(_s.AgentRow(
                span.start, span.end, self.agent_ids[row[0]], agent_counts(row + 1, span.reasons.pop(row[0], {}))
            ))
            row += AGENT_FIELDS + 1
        span.workers = span.workers[rows * size:]
        return rows

    def _take_records(self, int64_t most):
        """At most so many records of contacts and of sessions that are over, the oldest first."""
        records = self.records[:most]
        sessions = self.sessions[:most - len(records)]
        del self.records[:len(records)]
        del self.sessions[:len(sessions)]
        return records, sessions

    def _count_anew(self):
        """Let nothing have been counted yet; what goes on stays as it is. O(queues x channels + agents)."""
        cdef uint32_t i, j
        cdef Cell* cell
        cdef Worker* a
        for i in range(self.n_cells):
            cell = self.cells[i]
            memset(cell.n, 0, sizeof(cell.n))
            memset(cell.base, 0, sizeof(cell.base))
            cell.n[WAITING_MAX] = cell.waiting
            cell.since = self.now
            free(cell.panes)
            cell.panes = NULL
            cell.n_held = 0
            Py_XDECREF(cell.ring)
            Py_XDECREF(cell.ever)
            cell.ring = cell.ever = NULL
        for i in range(self.n_workers):
            a = &self.workers[i]
            memset(a.n, 0, sizeof(a.n))
            memset(a.base, 0, sizeof(a.base))
            a.since = self.now
            for j in range(a.n_tallies):
                a.tallies[j].n = 0
                a.tallies[j].base = 0
        self.finished = []
        self.records = []
        self.sessions = []
        self.misplaced = 0


cdef inline bint something(const int64_t* n, int size) noexcept:
    cdef int i
    for i in range(size):
        if n[i]:
            return True
    return False


cdef void cell_shift(Cell* cell) noexcept:
    """What was counted goes to the whole; counting starts anew."""
    add(cell.base, cell.n)
    memset(cell.n, 0, sizeof(cell.n))
    cell.n[WAITING_MAX] = cell.waiting


cdef void add(int64_t* total, const int64_t* n) noexcept:
    """Add counts of a queue to others; of maxima, the greater one stays."""
    cdef int i
    for i in range(QUEUE_FIELDS):
        if i == WAIT_MAX_NS or i == WAITING_MAX:
            total[i] = max(total[i], n[i])
        else:
            total[i] += n[i]


cdef inline void worker_staffed(int64_t* n) noexcept:
    """The seven states make up the time staffed."""
    cdef int i
    n[STAFFED_NS] = 0
    for i in range(TALKING, STATES):
        n[STAFFED_NS] += n[i]


cdef void worker_shift(Worker* a) noexcept:
    cdef uint32_t i
    for i in range(AGENT_FIELDS):
        a.base[i] += a.n[i]
        a.n[i] = 0
    for i in range(a.n_tallies):
        a.tallies[i].base += a.tallies[i].n
        a.tallies[i].n = 0


cdef object queue_counts(const int64_t* n):
    return _s.QueueCounts(*[n[i] for i in range(QUEUE_FIELDS)])


cdef object agent_counts(const int64_t* n, dict reasons):
    cdef list values = [n[i] for i in range(AGENT_FIELDS)]
    return _s.AgentCounts(*values[:STATES], reasons, *values[STATES:])
