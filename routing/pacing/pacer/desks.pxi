# All agents: what each does, and since when.

cdef enum Doing:
    GONE = 0
    IDLE = 1
    TALK = 2
    WRAP = 3
    AWAY = 4  # at work that frees nobody: no longer ready, or leaving after it

cdef struct Desk:  # saved as it lies here
    long long doing
    long long work  # number of the kind of work
    double since  # seconds
    double hint  # seconds: when the agent said to be closing, or -1


cdef class Floor:
    """All agents, by slots 0, 1, ..., and the kinds of their work."""

    cdef Desk* desks
    cdef readonly int count
    cdef list works
    cdef Load** loads
    cdef readonly int kinds

    def __dealloc__(self) -> None:
        free(self.desks)
        free(self.loads)

    def add(self) -> int:
        """Add an agent who is not there; return the slot. O(agents)."""
        cdef Desk* more = <Desk*> realloc(self.desks, (self.count + 1) * sizeof(Desk))
        if more is NULL:
            raise MemoryError
        self.desks = more
        memset(&more[self.count], 0, sizeof(Desk))
        more[self.count].hint = -1.0
        self.count += 1
        return self.count - 1

    def teach(self, work: Work) -> int:
        """Add a kind of work; return its number. O(kinds)."""
        cdef Load** more = <Load**> realloc(self.loads, (self.kinds + 1) * sizeof(Load*))
        if more is NULL:
            raise MemoryError
        if self.works is None:
            self.works = []
        self.loads = more
        more[self.kinds] = (<Work> work).load
        self.works.append(work)
        self.kinds += 1
        return self.kinds - 1

    cpdef void put(self, int slot, int doing, int work, double since):
        """Say what an agent does (0 gone, 1 idle, 2 talk, 3 wrap-up, 4 away), at which kind of work, since when."""
        cdef Desk* d = &self.desks[slot]
        d.doing = doing
        d.work = work
        d.since = since
        d.hint = -1.0

    def hint(self, slot: int, at: float) -> None:
        """An agent in talk will be free soon."""
        self.desks[<int> slot].hint = at

    def look(self, slot: int) -> tuple[int, int, float, float]:
        """Return what an agent does, at which kind of work, since when, and when the hint came (-1: none)."""
        cdef Desk* d = &self.desks[<int> slot]
        return d.doing, d.work, d.since, d.hint

    def save(self) -> bytes:
        """Return all agents, to `restore`."""
        return whole(self.desks, self.count * sizeof(Desk))

    def restore(self, data: bytes) -> None:
        """Take over what `save` gave of as many agents; ``ValueError`` if it did not."""
        refill(self.desks, self.count * sizeof(Desk), data)
