# When agents at work will be free: talk, then wrap-up.

cdef struct Load:  # what is learned of the work of one queue; all of it is saved as it lies here
    Spans talk
    Spans wrap
    double fitted_talk  # weight of the observations at the last fit
    double fitted_wrap
    double grace  # seconds
    double weight
    double[BINS + 1][AHEAD] from_talk  # P(free within instant + grace | in talk for that long)
    double[BINS + 1][AHEAD] from_wrap  # the same for wrap-up


cdef void tell_wrap(Load* w) noexcept nogil:
    cdef int k, u
    cdef double base, left
    for k in range(BINS + 1):
        base = w.wrap.below[k]
        left = fmax(1.0 - base, 1e-9)
        for u in range(AHEAD):
            w.from_wrap[k][u] = fmin((at_most(&w.wrap, EDGE[k] + INSTANT[u] + w.grace) - base) / left, 1.0)


cdef void tell_talk(Load* w) noexcept nogil:
    """P(T + W <= e + h | T > e): the talk ends in a second of h, the wrap-up within the rest."""
    cdef double[40] done  # P(W <= j + 1/2)
    cdef double[41] rest  # P(T <= e + j)
    cdef double h, total, base, left, x
    cdef int k, u, j, last
    for j in range(40):
        done[j] = at_most(&w.wrap, j + 0.5)
    for k in range(BINS + 1):
        base = w.talk.below[k]
        left = fmax(1.0 - base, 1e-9)
        for j in range(41):
            rest[j] = at_most(&w.talk, EDGE[k] + j)
        for u in range(AHEAD):
            h = INSTANT[u] + w.grace
            last = <int> h
            total = 0.0
            for j in range(last):
                x = h - j - 1.0  # the middle of second j leaves x + 1/2
                total += (rest[j + 1] - rest[j]) * (
                    done[last - 1 - j] if h == last else at_most(&w.wrap, x + 0.5)
                )
            if h > last:
                total += (at_most(&w.talk, EDGE[k] + h) - rest[last]) * at_most(&w.wrap, 0.5 * (h - last))
            w.from_talk[k][u] = fmin(total / left, 1.0)


cdef void refresh(Load* w) noexcept nogil:
    """Fit anew what has grown by more than a thirtieth (and by one) since it was fitted."""
    cdef bint wrap = fabs(w.wrap.total - w.fitted_wrap) >= 1.0 + w.fitted_wrap / 30.0
    cdef bint talk = fabs(w.talk.total - w.fitted_talk) >= 1.0 + w.fitted_talk / 30.0
    if wrap:
        w.fitted_wrap = w.wrap.total
        fit(&w.wrap, w.weight)
        tell_wrap(w)
    if talk:
        w.fitted_talk = w.talk.total
        fit(&w.talk, w.weight)
        tell_talk(w)


cdef class Work:
    """What is learned of the work of one queue: talk and wrap-up."""

    cdef Load* load

    def __cinit__(self, double talk, double wrap, double grace, double weight) -> None:
        self.load = <Load*> malloc(sizeof(Load))
        if self.load is NULL:
            raise MemoryError
        memset(self.load, 0, sizeof(Load))
        self.load.grace = grace
        self.load.weight = weight
        start(&self.load.talk, talk, 1.0, 5.0)
        start(&self.load.wrap, wrap, 0.7, 5.0)
        fit(&self.load.talk, weight)
        fit(&self.load.wrap, weight)
        tell_wrap(self.load)
        tell_talk(self.load)

    def __dealloc__(self) -> None:
        free(self.load)

    cpdef void talked(self, double seconds):
        observe(&self.load.talk, seconds)

    cpdef void wrapped(self, double seconds):
        observe(&self.load.wrap, seconds)


cdef enum Doing:
    GONE = 0
    IDLE = 1
    TALK = 2
    WRAP = 3
    AWAY = 4  # at work that frees nobody: no longer ready, or leaving after it

cdef struct Desk:
    int doing
    int work
    double since
    double hint  # seconds; when the agent said "closing", or -1


cdef class Floor:
    """All agents: what each does and since when."""

    cdef Desk* desks
    cdef int count
    cdef list works
    cdef Load** loads
    cdef int kinds

    def __cinit__(self) -> None:
        self.desks = NULL
        self.loads = NULL
        self.count = 0
        self.kinds = 0
        self.works = []

    def __dealloc__(self) -> None:
        free(self.desks)
        free(self.loads)

    cpdef int add(self) except -1:
        """Add an agent who is not there; return the slot."""
        cdef Desk* more = <Desk*> realloc(self.desks, (self.count + 1) * sizeof(Desk))
        if more is NULL:
            raise MemoryError
        self.desks = more
        memset(&more[self.count], 0, sizeof(Desk))
        self.count += 1
        return self.count - 1

    cpdef int teach(self, Work work) except -1:
        """Add a kind of work; return its number."""
        cdef Load** more = <Load**> realloc(self.loads, (self.kinds + 1) * sizeof(Load*))
        if more is NULL:
            raise MemoryError
        self.loads = more
        more[self.kinds] = work.load
        self.works.append(work)
        self.kinds += 1
        return self.kinds - 1

    cpdef void set(self, int slot, int doing, int work, double since):
        """Put down what an agent does, since when, and for which kind of work."""
        cdef Desk* d = &self.desks[slot]
        d.doing = doing
        d.work = work
        d.since = since
        d.hint = -1.0
