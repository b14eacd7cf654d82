# When agents at work will be free: talk, then wrap-up.

cdef struct Load:  # what is learned of the work of one queue; all of it is saved as it lies here
    Spans talk
    Spans wrap
    Spans close  # from an agent's hint until free
    double fitted_talk  # weight of the observations at the last fit
    double fitted_wrap
    double fitted_close
    double grace  # seconds
    double weight
    double[BINS + 1][AHEAD] from_talk  # P(free within instant + grace | in talk for that long)
    double[BINS + 1][AHEAD] from_wrap  # the same for wrap-up
    double[BINS + 1][AHEAD] from_close  # the same since a hint


cdef void tell(const Spans* s, double grace, double* table) noexcept nogil:
    """P(S <= e + h | S > e), for one duration that is all that is left."""
    cdef int k, u
    cdef double base, left
    for k in range(BINS + 1):
        base = s.below[k]
        left = fmax(1.0 - base, 1e-9)
        for u in range(AHEAD):
            table[k * AHEAD + u] = fmin((at_most(s, EDGE[k] + INSTANT[u] + grace) - base) / left, 1.0)


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


cdef inline bint grown(double total, double fitted) noexcept nogil:
    return fabs(total - fitted) >= 1.0 + fitted / 30.0


cdef void refresh(Load* w) noexcept nogil:
    """Fit anew what has grown by more than a thirtieth (and by one) since it was fitted."""
    if grown(w.wrap.total, w.fitted_wrap):
        w.fitted_wrap = w.wrap.total
        fit(&w.wrap, w.weight)
        tell(&w.wrap, w.grace, &w.from_wrap[0][0])
    if grown(w.talk.total, w.fitted_talk):
        w.fitted_talk = w.talk.total
        fit(&w.talk, w.weight)
        tell_talk(w)
    if grown(w.close.total, w.fitted_close):
        w.fitted_close = w.close.total
        fit(&w.close, w.weight)
        tell(&w.close, w.grace, &w.from_close[0][0])


cdef void begin_load(Load* w, double talk, double wrap, double grace, double weight) noexcept nogil:
    memset(w, 0, sizeof(Load))
    w.grace = grace
    w.weight = weight
    start(&w.talk, talk, 1.0, 5.0)
    start(&w.wrap, wrap, 0.7, 5.0)
    start(&w.close, 30.0, 0.7, 5.0)
    fit(&w.talk, weight)
    fit(&w.wrap, weight)
    fit(&w.close, weight)
    tell(&w.wrap, grace, &w.from_wrap[0][0])
    tell(&w.close, grace, &w.from_close[0][0])
    tell_talk(w)


cdef class Work:
    """What is learned of the work of one queue: talk, wrap-up, and what a hint is worth.

    ``talk`` and ``wrap``: seconds to expect at first; ``grace``: until an answered person counts as abandoned;
    ``weight``: observations that the fitted curves are worth.
    """

    cdef Load* load

    def __cinit__(self, talk: float, wrap: float, grace: float, weight: float) -> None:
        self.load = <Load*> malloc(sizeof(Load))
        if self.load is NULL:
            raise MemoryError
        begin_load(self.load, talk, wrap, grace, weight)

    def __dealloc__(self) -> None:
        free(self.load)

    def talked(self, seconds: float) -> None:
        """A talk came to its end after so many seconds."""
        observe(&self.load.talk, seconds)

    def wrapped(self, seconds: float) -> None:
        """A wrap-up came to its end."""
        observe(&self.load.wrap, seconds)

    def closed(self, seconds: float) -> None:
        """An agent was free so many seconds after the hint."""
        observe(&self.load.close, seconds)

    def within(self, grace: float) -> None:
        """Reckon with another grace."""
        self.load.grace = grace
        tell(&self.load.wrap, grace, &self.load.from_wrap[0][0])
        tell(&self.load.close, grace, &self.load.from_close[0][0])
        tell_talk(self.load)

    def free_within(self, doing: int, elapsed: float) -> tuple[float, ...]:
        """Return P(free within each instant ahead and the grace | so long in talk, 2, or in wrap-up, 3)."""
        cdef int k = bin_of(elapsed)
        refresh(self.load)
        if doing == TALK:
            return tuple(self.load.from_talk[k])
        return tuple(self.load.from_wrap[k])

    def save(self) -> bytes:
        """Return all that is known, to `load` where the module was built alike."""
        return whole(self.load, sizeof(Load))

    def restore(self, data: bytes) -> None:
        """Take over what `save` gave; ``ValueError`` if it did not."""
        refill(self.load, sizeof(Load), data)
