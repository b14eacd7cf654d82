# Agents: what state each is in, and for how long.


@cython.no_gc
cdef class Floor(Ledger):
    """Agents at work."""

    @cython.final
    cdef inline int _cut(self, Worker* a) except -1:
        """Count what has passed since the last time, before anything is changed."""
        cdef int64_t passed = self.now - a.since
        if passed == 0:
            return 0
        a.since = self.now
        a.n[a.state] += passed       # OUT: into `staffed_ns`, which is made of the others when it is read
        if a.in_hand:
            a.n[A_IN_HAND_NS] += a.in_hand * passed
        if a.state == NOT_READY:
            self._tally(a, passed)
        return 0

    @cython.final
    cdef int _tally(self, Worker* a, int64_t passed) except -1:
        cdef uint32_t i
        for i in range(a.n_tallies):
            if a.tallies[i].reason == a.reason:
                a.tallies[i].n += passed
                return 0
        cdef Tally* more = <Tally*>realloc(a.tallies, (a.n_tallies + 1) * sizeof(Tally))
        if more == NULL:
            raise MemoryError
        a.tallies = more
        more[a.n_tallies].reason = a.reason
        more[a.n_tallies].n = passed
        more[a.n_tallies].base = 0
        a.n_tallies += 1
        return 0

    @cython.final
    cdef inline int _restate(self, Worker* a) except -1:
        """Find the state anew, after something was changed."""
        cdef int32_t state
        if not a.logged_in:
            state = OUT
        elif a.in_hand:
            state = TALKING if a.in_hand > a.held else HOLDING
        elif a.wrapping:
            state = WRAPPING
        elif a.ringing:
            state = RINGING
        elif not a.ready:
            state = NOT_READY
        else:
            state = ENGAGED if a.device else IDLE
        if state != a.state:
            a.state = state
            a.changed = self.now
            self._lag(a)
        return 0

    @cython.final
    cdef inline int _lag(self, Worker* a) except -1:
        """The aggregates do not know of the agent's new state yet."""
        if a.dirty:
            return 0
        if self.n_dirty == self.cap_dirty:
            self.dirty = <uint32_t*>grown(self.dirty, &self.cap_dirty, self.n_dirty + 1, sizeof(uint32_t))
        self.dirty[self.n_dirty] = <uint32_t>(a - self.workers)
        self.n_dirty += 1
        a.dirty = 1
        return 0

    @cython.final
    cdef int _logged_in(self, str agent, bint ready, str reason) except -1:
        cdef uint32_t number = self._worker(<PyObject*>agent)
        cdef Worker* a = &self.workers[number]
        self._cut(a)
        if a.logged_in:
            self.misplaced += 1
        a.n[A_LOG_INS] += 1
        a.logged_in = 1
        a.logged_in_at = self.now
        a.leaving = 0
        a.device = 0
        a.ready = ready
        a.reason = 0 if ready else self._reason(reason)
        return self._restate(a)

    @cython.final
    cdef int _logged_out(self, str agent) except -1:
        cdef Worker* a = &self.workers[self._worker(<PyObject*>agent)]
        self._cut(a)
        if not a.logged_in:
            self.misplaced += 1
            return 0
        a.n[A_LOG_OUTS] += 1
        a.logged_in = 0
        a.leaving = 0
        if self.recording:
            self.sessions.append(_s.Session(agent, a.logged_in_at, self.now))
        return self._restate(a)

    @cython.final
    cdef int _set_ready(self, str agent, bint ready, str reason) except -1:
        cdef Worker* a = &self.workers[self._worker(<PyObject*>agent)]
        self._cut(a)
        a.ready = ready
        if not ready:
            a.reason = self._reason(reason)
            if a.state == NOT_READY:     # for another reason from now on
                a.changed = self.now
                self._lag(a)
        return self._restate(a)

    @cython.final
    cdef int _device(self, str agent, str state) except -1:
        cdef Worker* a = &self.workers[self._worker(<PyObject*>agent)]
        self._cut(a)
        a.device = 0 if state == "available" else 1 if state == "in_use" else 2
        return self._restate(a)

    @cython.final
    cdef int _leaving(self, str agent) except -1:
        self.workers[self._worker(<PyObject*>agent)].leaving = 1
        if self.stale is not None:
            self.stale.add(agent)  # a removal may be the cause: then it has no groups and skills any more
        return 0

    @cython.final
    cdef int _wrap_started(self, PyObject* agent, PyObject* contact, int64_t until) except -1:
        """Directly after the contact left the agent's hands."""
        cdef Contact* c = self.parted
        cdef Worker* a
        cdef Wrap* wrap
        cdef Wrap** place
        if c == NULL or not same(c.id, contact):
            self.misplaced += 1
            return 0
        a = &self.workers[self.parted_agent]
        self._cut(a)
        wrap = <Wrap*>pool_take(&self.wrap_pool)
        wrap.after = NULL
        wrap.contact = c                 # what used it is the wrap-up now
        wrap.part = self.parted_part
        self.parted = NULL
        self.parted_part = NULL
        wrap.cell = self.parted_cell
        wrap.started = self.now
        wrap.until = until
        place = &a.wraps
        while place[0] != NULL:
            place = &place[0].after
        place[0] = wrap
        wrap.cell.wrapping += 1
        if c.story != NULL:
            (<Story>c.story).wrapping += 1
        a.wrapping += 1
        return self._restate(a)

    @cython.final
    cdef int _wrap_ended(self, PyObject* agent, PyObject* contact, int64_t older) except -1:
        cdef Worker* a = &self.workers[self._worker(agent)]
        cdef Wrap** place = &a.wraps
        cdef Wrap** found = NULL
        cdef Wrap* wrap
        while place[0] != NULL:
            wrap = place[0]
            if same(wrap.contact.id, contact):
                if wrap.until and wrap.until <= self.now:  # of several, a timer ends the one that is due
                    found = place
                    break
                if older >= 0:
                    found = place
                older -= 1
            place = &wrap.after
        if found == NULL:
            self.misplaced += 1
            return 0
        self._cut(a)
        wrap = found[0]
        found[0] = wrap.after
        a.wrapping -= 1
        a.n[A_WRAP_UPS] += 1
        a.n[A_WRAP_UP_NS] += self.now - wrap.started
        wrap.cell.wrapping -= 1
        wrap.cell.n[WRAP_UPS] += 1
        wrap.cell.n[WRAP_UP_NS] += self.now - wrap.started
        if wrap.part != NULL:
            (<Part>wrap.part).wrapped = self.now
            (<Story>wrap.contact.story).wrapping -= 1
            self._record_if_over(wrap.contact)
            Py_DECREF(<object>wrap.part)
        release(&self.contact_pool, wrap.contact)
        pool_give(&self.wrap_pool, wrap)
        return self._restate(a)

    @cython.final
    cdef int _record_if_over(self, Contact* c) except -1:
        """The contact's record, once it has ended and nobody wraps up after it any more."""
        cdef Story story = <Story>c.story
        cdef Part part
        cdef list parts = []
        if story.ended < 0 or story.wrapping:
            return 0
        for part in story.parts:
            parts.append(_s.SegmentRecord(
                self.agent_ids[part.agent], self.queue_ids[part.queue], part.offered, part.answered, part.ended,
                part.hold, part.wrapped, part.transferred,
            ))
        self.records.append(_s.ContactRecord(
            <str>c.id, self.channel_ids[c.channel], story.priority, self.queue_ids[c.entry.queue], story.queue,
            c.arrived, c.first_answer, story.ended, story.outcome, c.level, story.visits, story.overflows, tuple(parts),
            story.customer, story.subject,
        ))
        return 0
