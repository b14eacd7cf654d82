# Writing everything down as one stream of 64-bit numbers and some lists of names, and taking it up again.
#
# What is open within a call (entries, who was parted with) is settled by its end, and the aggregates of groups are
# made anew from the configuration: neither is written.


@cython.final
@cython.no_gc
cdef class Pen:
    """A growing stream of numbers."""

    cdef int64_t* numbers
    cdef size_t used
    cdef size_t cap

    def __dealloc__(self):
        free(self.numbers)

    cdef int64_t* room(self, size_t count) except NULL:
        """Where the next ``count`` numbers go."""
        cdef int64_t* more
        cdef size_t cap = self.cap
        if self.used + count > cap:
            cap = max(cap * 2, self.used + count + 1024)
            more = <int64_t*>realloc(self.numbers, cap * sizeof(int64_t))
            if more == NULL:
                raise MemoryError
            self.numbers = more
            self.cap = cap
        self.used += count
        return self.numbers + self.used - count

    cdef int put(self, int64_t number) except -1:
        self.room(1)[0] = number
        return 0

    cdef int put_all(self, const int64_t* numbers, size_t count) except -1:
        memcpy(self.room(count), numbers, count * sizeof(int64_t))
        return 0


@cython.final
@cython.no_gc
cdef class Eye:
    """A stream of numbers that is read."""

    cdef bytes data
    cdef const int64_t* next
    cdef size_t left

    cdef const int64_t* look(self, size_t count) except NULL:
        """The next ``count`` numbers."""
        cdef const int64_t* found = self.next
        if count > self.left:
            raise CorruptSnapshotError("the snapshot ends too early; restore another one")
        self.next += count
        self.left -= count
        return found

    cdef int64_t get(self) except? -1:
        return self.look(1)[0]

    cdef int64_t below(self, int64_t most) except -1:
        """A number of something of which there are so many."""
        cdef int64_t found = self.look(1)[0]
        if not 0 <= found < most:
            raise CorruptSnapshotError(f"the snapshot names number {found} of {most}; restore another one")
        return found


cdef enum:
    WORKER_STATE = 12              # numbers of an agent beside its counts


@cython.no_gc
cdef class Saving(Looking):
    """Snapshots."""

    def _save(self):
        """``(numbers, names, stories, spans, records, sessions, waits)``. O(agents + contacts + queues)."""
        cdef Pen pen = Pen()
        cdef Contact* c
        cdef size_t place
        cdef dict places = {}
        cdef list known = self._living()
        cdef list stories = []
        cdef list spans = []
        cdef Span span
        cdef Wrap* wrap
        cdef uint32_t i
        cdef Py_ssize_t living = len(known)
        for i in range(self.n_workers):
            wrap = self.workers[i].wraps
            while wrap != NULL:
                known.append(<size_t>wrap.contact)
                wrap = wrap.after
        for place in known:
            places.setdefault(place, len(places))
        pen.put(self.now)
        pen.put(self.end)
        pen.put(self.misplaced)
        pen.put(living)
        self._save_cells(pen)
        self._save_workers(pen)
        for place in places:
            c = <Contact*>place
            self._save_contact(pen, c)
            if c.story != NULL:
                stories.append(self._save_story(c))
        self._save_visits(pen, places)
        self._save_wraps(pen, places)
        for span in self.finished:
            reasons = [(agent, by) for agent, by in span.reasons.items()]
            spans.append((span.start, span.end, span.cells, span.workers, reasons))
        names = (
            list(self.queue_ids), list(self.channel_ids), list(self.agent_ids), list(self.reason_ids),
            [<str>(<Contact*><size_t>place).id for place in places],
        )
        return (
            PyBytes_FromStringAndSize(<char*>pen.numbers, pen.used * sizeof(int64_t)), names, stories, spans,
            list(self.records), list(self.sessions), self._save_waits(),
        )

    @cython.final
    cdef list _save_waits(self):
        """``(number of the cell, its ring, its histogram)`` where there are any."""
        cdef uint32_t i
        cdef list found = []
        for i in range(self.n_cells):
            self._count_waits(self.cells[i])
            if self.cells[i].ring != NULL:
                ring = <RollingHistogram>self.cells[i].ring
                ring.advance(self.now)
                found.append((i, ring.snapshot(), (<Histogram>self.cells[i].ever).snapshot()))
        return found

    @cython.final
    cdef list _living(self):
        """Addresses of the contacts that live, in the order they came."""
        cdef size_t i
        cdef list found = []
        for i in range(self.mask + 1):
            if self.contacts[i] != NULL:
                found.append((self.contacts[i].serial, <size_t>self.contacts[i]))
        return [place for _, place in sorted(found)]

    @cython.final
    cdef int _save_cells(self, Pen pen) except -1:
        cdef uint32_t i
        cdef int64_t j
        cdef Cell* cell
        for i in range(self.n_lines):
            pen.put(self.lines[i].level)
        for i in range(self.n_media):
            pen.put(self.media[i].alive)
            pen.put(self.media[i].in_hand)
        pen.put(self.n_cells)
        for i in range(self.n_cells):
            cell = self.cells[i]
            self._integrate(cell)
            pen.put(cell.queue)
            pen.put(cell.channel)
            pen.put(cell.in_hand)
            pen.put(cell.wrapping)
            pen.put_all(cell.n, QUEUE_FIELDS)
            pen.put_all(cell.base, QUEUE_FIELDS)
            pen.put(cell.panes != NULL)
            if cell.panes != NULL:
                pen.put(cell.pane)
                for j in range(self.n_panes * PANE_FIELDS):
                    pen.put(cell.panes[j])
        return 0

    @cython.final
    cdef int _save_workers(self, Pen pen) except -1:
        cdef uint32_t i
        cdef uint32_t j
        cdef Worker* a
        for i in range(self.n_workers):
            a = &self.workers[i]
            self._cut(a)
            worker_staffed(a.n)
            for number in (
                a.changed, a.logged_in_at, a.reason, a.in_hand, a.held, a.wrapping, a.ringing, a.logged_in, a.ready,
                a.leaving, a.device, a.n_tallies,
            ):
                pen.put(number)
            pen.put_all(a.n, AGENT_FIELDS)
            pen.put_all(a.base, AGENT_FIELDS)
            for j in range(a.n_tallies):
                pen.put(a.tallies[j].reason)
                pen.put(a.tallies[j].n)
                pen.put(a.tallies[j].base)
        return 0

    @cython.final
    cdef int _save_contact(self, Pen pen, Contact* c) except -1:
        cdef Offer* offer = c.offers
        cdef int64_t offers = 0
        for number in (
            self._place(c.entry), -1 if c.hand == NULL else self._place(c.hand), c.agent, c.channel, c.answered,
            c.transferred, c.arrived, c.since, c.level, c.first_answer, c.taken, c.on_hold, c.held_at, c.held,
        ):
            pen.put(number)
        while offer != NULL:
            offers += 1
            offer = offer.after
        pen.put(offers)
        offer = c.offers
        while offer != NULL:
            pen.put(self._place(offer.cell))
            pen.put(offer.number)
            pen.put(offer.at)
            pen.put(offer.agent)
            offer = offer.after
        return 0

    @cython.final
    cdef int64_t _place(self, Cell* cell) except -1:
        """A cell's queue and channel in one number."""
        return <int64_t>cell.queue << 32 | cell.channel

    @cython.final
    cdef Cell* _at_place(self, int64_t place) except NULL:
        cdef int64_t queue = place >> 32
        cdef int64_t channel = place & 0xFFFFFFFF
        if not (0 <= queue < self.n_lines and channel < self.n_media):
            raise CorruptSnapshotError(f"the snapshot names a queue {queue} that it has not; restore another one")
        return self._cell(PyList_GET_ITEM(self.queue_ids, queue), <uint32_t>channel)

    @cython.final
    cdef list _save_story(self, Contact* c):
        cdef Story story = <Story>c.story
        cdef Part part
        cdef list parts = []
        for part in story.parts:
            parts.append((part.agent, part.queue, part.offered, part.answered, part.ended, part.hold, part.wrapped,
                          part.transferred))
        return [
            story.priority, story.visits, story.overflows, story.ended, story.outcome, story.queue, story.customer,
            story.subject, parts, -1 if c.part == NULL else story.parts.index(<object>c.part),
        ]

    @cython.final
    cdef int _save_visits(self, Pen pen, dict places) except -1:
        """Cell by cell in the order they were entered, each with its place among those of its contact."""
        cdef uint32_t i
        cdef Visit* visit
        cdef Visit* other
        cdef int64_t place
        for i in range(self.n_cells):
            pen.put(self.cells[i].waiting)
            visit = self.cells[i].first
            while visit != NULL:
                place = 0
                other = visit.contact.visits
                while other != visit:
                    place += 1
                    other = other.after
                pen.put(<int64_t>places[<size_t>visit.contact])
                pen.put(place)
                pen.put(visit.entered)
                visit = visit.behind
        return 0

    @cython.final
    cdef int _save_wraps(self, Pen pen, dict places) except -1:
        cdef uint32_t i
        cdef Wrap* wrap
        for i in range(self.n_workers):
            wrap = self.workers[i].wraps
            while wrap != NULL:
                pen.put(<int64_t>places[<size_t>wrap.contact])
                pen.put(self._place(wrap.cell))
                pen.put(wrap.started)
                pen.put(wrap.until)
                pen.put(<int64_t>(-1 if wrap.part == NULL
                                  else (<Story>wrap.contact.story).parts.index(<object>wrap.part)))
                wrap = wrap.after
        return 0

    def _load(self, bytes numbers, tuple names, list stories, list spans, list records, list sessions,
              list waits):
        """Take up what `_save` wrote; `_begin` has been called and nothing else."""
        cdef Eye eye = Eye()
        cdef Span span
        cdef list known = []
        cdef Py_ssize_t i
        cdef Py_ssize_t living
        eye.data = numbers
        eye.next = <const int64_t*>PyBytes_AS_STRING(numbers)
        eye.left = PyBytes_GET_SIZE(numbers) // sizeof(int64_t)
        queue_ids, channel_ids, agent_ids, reason_ids, ids = names
        for queue in queue_ids:
            self._line(queue)
        for channel in channel_ids:
            self._medium(channel)
        for agent in agent_ids:
            self._worker(<PyObject*>agent)
        for reason in reason_ids:
            self._reason(reason)
        self.now = eye.get()
        self.end = eye.get()
        self.misplaced = eye.get()
        living = eye.below(len(ids) + 1)
        self._load_cells(eye)
        self._load_waits(waits)
        self._load_workers(eye)
        try:
            for i in range(len(ids)):
                self._load_contact(eye, known, ids[i], stories[i] if stories else None, i < living)
            self._load_visits(eye, known)
            self._load_wraps(eye, known)
        finally:
            for place in known[living:]:
                release(&self.contact_pool, <Contact*><size_t>place)
        for start, end, cells, workers, reasons in spans:
            span = Span.__new__(Span)
            span.start = start
            span.end = end
            span.cells = cells
            span.workers = workers
            span.reasons = dict(reasons)
            self.finished.append(span)
        self.records = records
        self.sessions = sessions
        self.stale = None

    @cython.final
    cdef int _load_cells(self, Eye eye) except -1:
        cdef uint32_t i
        cdef int64_t j
        cdef int64_t cells
        cdef uint32_t queue
        cdef Cell* cell
        for i in range(self.n_lines):
            self.lines[i].level = eye.get()
        for i in range(self.n_media):
            self.media[i].alive = eye.get()
            self.media[i].in_hand = eye.get()
        cells = eye.get()
        for j in range(cells):
            queue = <uint32_t>eye.below(self.n_lines)
            cell = self._cell(PyList_GET_ITEM(self.queue_ids, queue), <uint32_t>eye.below(self.n_media))
            cell.in_hand = eye.get()
            cell.wrapping = eye.get()
            memcpy(cell.n, eye.look(QUEUE_FIELDS), QUEUE_FIELDS * sizeof(int64_t))
            memcpy(cell.base, eye.look(QUEUE_FIELDS), QUEUE_FIELDS * sizeof(int64_t))
            if eye.get():
                self._turn(cell, eye.get())
                for i in range(<uint32_t>(self.n_panes * PANE_FIELDS)):
                    cell.panes[i] = <uint32_t>eye.get()
        return 0

    @cython.final
    cdef int _load_waits(self, list waits) except -1:
        cdef RollingHistogram ring
        for number, window, ever in waits:
            ring = RollingHistogram.restore(window)
            if not 0 <= number < self.n_cells or (ring.panes, ring.pane_ns) != (self.n_wait_panes, self.wait_pane):
                raise CorruptSnapshotError(f"the snapshot has waits of another kind, at {number}; restore another one")
            self._new_ring(self.cells[<uint32_t>number], ring, Histogram.restore(ever))
        return 0

    @cython.final
    cdef int _load_workers(self, Eye eye) except -1:
        cdef uint32_t i
        cdef uint32_t j
        cdef Worker* a
        cdef const int64_t* row
        for i in range(self.n_workers):
            a = &self.workers[i]
            row = eye.look(WORKER_STATE)
            a.logged_in_at = row[1]
            a.reason = <uint32_t>row[2]
            a.in_hand = <int32_t>row[3]
            a.held = <int32_t>row[4]
            a.wrapping = <int32_t>row[5]
            a.ringing = <int32_t>row[6]
            a.logged_in = <uint8_t>row[7]
            a.ready = <uint8_t>row[8]
            a.leaving = <uint8_t>row[9]
            a.device = <uint8_t>row[10]
            a.since = self.now
            memcpy(a.n, eye.look(AGENT_FIELDS), AGENT_FIELDS * sizeof(int64_t))
            memcpy(a.base, eye.look(AGENT_FIELDS), AGENT_FIELDS * sizeof(int64_t))
            a.tallies = <Tally*>calloc(max(row[11], 1), sizeof(Tally))
            if a.tallies == NULL:
                raise MemoryError
            for j in range(<uint32_t>row[11]):
                a.tallies[j].reason = <uint32_t>eye.below(len(self.reason_ids))
                a.tallies[j].n = eye.get()
                a.tallies[j].base = eye.get()
                a.n_tallies = j + 1
            self._restate(a)
            a.changed = row[0]
        return 0

    @cython.final
    cdef int _load_contact(self, Eye eye, list known, str id, list story, bint lives) except -1:
        cdef const int64_t* row = eye.look(15)
        cdef Py_hash_t hash = hash_of(<PyObject*>id)
        cdef Contact** spot
        cdef Contact* c
        cdef Offer** place
        cdef Offer* offer
        cdef int64_t i
        if self.n_contacts * 2 > self.mask:
            self._room()
        spot = self._spot(<PyObject*>id, hash)
        if lives and spot[0] != NULL:
            raise CorruptSnapshotError(f"the snapshot has the contact {id!r} twice; restore another one")
        c = self._new_contact(<PyObject*>id, hash)
        c.uses = 1                       # the present call's, unless it lives
        if lives:
            spot[0] = c
            self.n_contacts += 1
        known.append(<size_t>c)
        place = &c.offers
        c.entry = self._at_place(row[0])
        c.hand = NULL if row[1] < 0 else self._at_place(row[1])
        c.agent = <uint32_t>row[2]
        c.channel = <uint32_t>row[3]
        c.answered = row[4]
        c.transferred = row[5]
        c.arrived = row[6]
        c.since = row[7]
        c.level = row[8]
        c.first_answer = row[9]
        c.taken = row[10]
        c.on_hold = row[11] != 0
        c.held_at = row[12]
        c.held = row[13]
        for i in range(row[14]):
            offer = <Offer*>pool_take(&self.offer_pool)
            offer.after = NULL
            place[0] = offer
            place = &offer.after
            offer.cell = self._at_place(eye.get())
            offer.number = eye.get()
            offer.at = eye.get()
            offer.agent = <uint32_t>eye.below(self.n_workers)
        if story is not None:
            self._load_story(c, story)
        return 0

    @cython.final
    cdef int _load_story(self, Contact* c, list told) except -1:
        cdef Story story = Story()
        cdef Part part
        (story.priority, story.visits, story.overflows, story.ended, outcome, story.queue, story.customer,
         story.subject, parts, at) = told
        story.outcome = None if outcome is None else _e.Outcome(outcome)
        story.parts = []
        for row in parts:
            part = Part()
            (part.agent, part.queue, part.offered, part.answered, part.ended, part.hold, part.wrapped,
             part.transferred) = row
            story.parts.append(part)
        Py_INCREF(story)
        c.story = <PyObject*>story
        if at >= 0:
            part = story.parts[at]
            Py_INCREF(part)
            c.part = <PyObject*>part
        return 0

    @cython.final
    cdef int _load_visits(self, Eye eye, list known) except -1:
        cdef uint32_t i
        cdef int64_t j
        cdef int64_t size
        cdef Visit* visit
        cdef Visit** end
        cdef Cell* cell
        cdef list chains = []
        cdef Contact* c
        for i in range(self.n_cells):
            cell = self.cells[i]
            size = eye.get()
            for j in range(size):
                visit = <Visit*>pool_take(&self.visit_pool)
                number = eye.below(len(known))
                visit.contact = <Contact*><size_t>known[number]
                chains.append((number, eye.get(), <size_t>visit))
                visit.entered = eye.get()
                visit.after = NULL
                visit.behind = NULL
                visit.cell = cell
                visit.before = cell.last
                if cell.last != NULL:
                    cell.last.behind = visit
                else:
                    cell.first = visit
                cell.last = visit
                cell.waiting += 1
        chains.sort()
        for number, _, where in chains:
            c = <Contact*><size_t>known[number]
            end = &c.visits
            while end[0] != NULL:
                end = &end[0].after
            end[0] = <Visit*><size_t>where
        return 0

    @cython.final
    cdef int _load_wraps(self, Eye eye, list known) except -1:
        cdef uint32_t i
        cdef int32_t j
        cdef int64_t at
        cdef Wrap** place
        cdef Wrap* wrap
        cdef Contact* c
        for i in range(self.n_workers):
            place = &self.workers[i].wraps
            for j in range(self.workers[i].wrapping):
                c = <Contact*><size_t>known[eye.below(len(known))]
                wrap = <Wrap*>pool_take(&self.wrap_pool)
                wrap.contact = c
                wrap.part = NULL
                wrap.after = NULL
                c.uses += 1
                place[0] = wrap
                place = &wrap.after
                wrap.cell = self._at_place(eye.get())
                wrap.started = eye.get()
                wrap.until = eye.get()
                at = eye.get()
                if c.story != NULL:
                    part = (<Story>c.story).parts[at]
                    Py_INCREF(part)
                    wrap.part = <PyObject*>part
                    (<Story>c.story).wrapping += 1
        return 0
