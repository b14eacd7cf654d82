# Contacts: their visits, offers and segments.
#
# That a contact enters a queue is told by no event of its own: it is to be entered (`entries`), and either the next
# event says that it was turned away at the door, or it stands.


cdef str INBOUND = "inbound"        # the very strings that are the defaults of the event
cdef str NOTHING_TEXT = ""


@cython.no_gc
cdef class Stays(Floor):
    """Contacts from the first event to the last."""

    @cython.final
    cdef inline int _contact(self, PyObject* id, Contact** found) except -1:
        """Find a living contact; NULL if there is none."""
        found[0] = self._spot(id, hash_of(id))[0]
        if found[0] == NULL:
            self.misplaced += 1
        return 0

    # Visits

    @cython.final
    cdef inline void _integrate(self, Cell* cell) noexcept:
        cdef int64_t passed = self.now - cell.since
        if passed:
            cell.n[WAITING_NS] += cell.waiting * passed
            cell.since = self.now

    @cython.final
    cdef inline int _enter(self, Contact* c, Cell* cell, int how) except -1:
        """The contact stays in this queue from now on, unless it does already."""
        cdef Visit** place = &c.visits
        cdef Visit* visit
        while place[0] != NULL:
            if place[0].cell == cell:
                return 0
            place = &place[0].after
        self._integrate(cell)
        visit = <Visit*>pool_take(&self.visit_pool)
        place[0] = visit
        visit.after = NULL
        visit.cell = cell
        visit.contact = c
        visit.entered = self.now
        visit.behind = NULL
        visit.before = cell.last
        if cell.last != NULL:
            cell.last.behind = visit
        else:
            cell.first = visit
        cell.last = visit
        cell.waiting += 1
        if cell.waiting > cell.n[WAITING_MAX]:
            cell.n[WAITING_MAX] = cell.waiting
        self._entered(c, cell, how)
        return 0

    @cython.final
    cdef inline void _entered(self, Contact* c, Cell* cell, int how) noexcept:
        cell.n[ENTERED] += 1
        if how == BY_OVERFLOW:
            cell.n[ENTERED_OVERFLOW] += 1
        elif how == BY_REQUEUE:
            cell.n[ENTERED_REQUEUE] += 1
        if c.story != NULL:
            (<Story>c.story).visits += 1

    @cython.final
    cdef inline int64_t _leave(self, Visit* visit) noexcept:
        """Take a visit out of its queue; returns how long it lasted. The contact's own list is the caller's."""
        cdef Cell* cell = visit.cell
        cdef int64_t wait = self.now - visit.entered
        self._integrate(cell)
        cell.waiting -= 1
        if visit.before != NULL:
            visit.before.behind = visit.behind
        else:
            cell.first = visit.behind
        if visit.behind != NULL:
            visit.behind.before = visit.before
        else:
            cell.last = visit.before
        if wait > cell.n[WAIT_MAX_NS]:
            cell.n[WAIT_MAX_NS] = wait
        pool_give(&self.visit_pool, visit)
        return wait

    @cython.final
    cdef void _leave_all(self, Contact* c, int field) noexcept:
        """Every visit ends in the same way, and not by an answer or an abandon."""
        cdef Visit* visit = c.visits
        cdef Visit* after
        cdef Cell* cell
        while visit != NULL:
            after = visit.after
            cell = visit.cell
            cell.n[field] += 1
            cell.n[WAIT_OTHER_NS] += self._leave(visit)
            visit = after
        c.visits = NULL

    # Entries that no event has spoken of yet

    @cython.final
    cdef int _push(self, Cell* cell, int how) except -1:
        if self.n_entries == self.cap_entries:
            self.entries = <Entry*>grown(self.entries, &self.cap_entries, self.n_entries + 1, sizeof(Entry))
        self.entries[self.n_entries].cell = cell
        self.entries[self.n_entries].how = how
        self.n_entries += 1
        return 0

    @cython.final
    cdef int _push_all(self, Contact* c, tuple queues, int how) except -1:
        cdef Py_ssize_t i
        for i in range(PyTuple_GET_SIZE(queues) - 1, -1, -1):
            self._push(self._cell(PyTuple_GET_ITEM(queues, i), c.channel), how)
        self.entering = c
        return 0

    @cython.final
    cdef int _stand(self) except -1:
        """Nobody was turned away from what is left: the contact stays there."""
        cdef Contact* c = self.entering
        while self.n_entries:
            self.n_entries -= 1
            self._enter(c, self.entries[self.n_entries].cell, self.entries[self.n_entries].how)
        self.entering = NULL
        self.left = -1
        return 0

    @cython.final
    cdef bint _turned_away(self, Contact* c, Cell* cell) except -1:
        """Was the contact about to enter this queue? Then it stays in those before it, and not here."""
        cdef uint32_t i = self.n_entries
        cdef Visit* visit = c.visits
        while visit != NULL:
            if visit.cell == cell:
                return False
            visit = visit.after
        while i and self.entries[i - 1].cell != cell:
            i -= 1
        if i == 0:
            return False
        while self.n_entries > i:
            self.n_entries -= 1
            self._enter(c, self.entries[self.n_entries].cell, self.entries[self.n_entries].how)
        self.n_entries -= 1
        self._entered(c, cell, self.entries[self.n_entries].how)
        return True

    @cython.final
    cdef int _overflowed(self, str contact, str queue, str to, str to_queue) except -1:
        cdef Contact* c
        cdef Cell* cell
        cdef Visit** place
        cdef Visit* visit
        cdef int field = OVERFLOWED if to == "queue" else REJECTED if to == "disconnect" else DIVERTED
        self._contact(<PyObject*>contact, &c)
        if c == NULL:
            return 0
        cell = self._cell(<PyObject*>queue, c.channel)
        if self.entering != NULL and (self.entering != c or not self._turned_away(c, cell)):
            self._stand()
        cell.n[field] += 1
        place = &c.visits
        while place[0] != NULL:
            if place[0].cell == cell:
                visit = place[0]
                place[0] = visit.after
                cell.n[WAIT_OTHER_NS] += self._leave(visit)
                break
            place = &place[0].after
        if c.story != NULL:
            (<Story>c.story).overflows += 1
        if field == OVERFLOWED:
            self._push(self._cell(<PyObject*>to_queue, c.channel), BY_OVERFLOW)
            self.entering = c
        return 0

    # From the first event to the last

    @cython.final
    cdef int _enqueued(self, PyObject* id, PyObject* queues, PyObject* channel, PyObject* priority,
                       PyObject* direction, PyObject* parent, bint stands) except -1:
        """A contact has come; ``stands``: the next event does not say that it was turned away."""
        cdef Py_hash_t hash = hash_of(id)
        cdef Contact** spot
        cdef Contact* c
        cdef Cell* cell
        cdef Py_ssize_t i
        cdef uint32_t number = 0
        if self.n_media == 0 or PyList_GET_ITEM(self.channel_ids, 0) != channel:
            number = self._medium(<str>channel)
        if PyTuple_GET_SIZE(<object>queues) == 0:
            self.misplaced += 1
            return 0
        cell = self._cell(PyTuple_GET_ITEM(<object>queues, 0), number)
        if self.n_contacts * 2 > self.mask:
            self._room()
        spot = self._spot(id, hash)
        if spot[0] != NULL:              # it lives already, under the same id
            self.misplaced += 1
            return 0
        c = self._new_contact(id, hash)
        c.uses = 1
        spot[0] = c
        self.n_contacts += 1
        c.channel = number
        c.entry = cell
        c.arrived = self.now
        c.since = self.now
        c.level = cell.level
        cell.n[CONTACTS] += 1
        if direction != <PyObject*>INBOUND:
            self._directed(cell, <object>direction)
        if parent != <PyObject*>NOTHING_TEXT:
            cell.n[ARRIVED_LEGS] += PyUnicode_GET_LENGTH(<object>parent) != 0
        self.media[number].alive += 1
        if self.recording:
            self._begin_story(c, <object>priority)
        if not stands:
            return self._push_all(c, <tuple>queues, BY_ENQUEUE)
        self._enter(c, cell, BY_ENQUEUE)
        for i in range(1, PyTuple_GET_SIZE(<object>queues)):
            self._enter(c, self._cell(PyTuple_GET_ITEM(<object>queues, i), number), BY_ENQUEUE)
        return 0

    @cython.final
    cdef int _directed(self, Cell* cell, object direction) except -1:
        if direction == "outbound":
            cell.n[ARRIVED_OUTBOUND] += 1
        elif direction == "internal":
            cell.n[ARRIVED_INTERNAL] += 1
        return 0

    # In hand without an offer, on hold, from hand to hand

    @cython.final
    cdef int _placed(self, str contact, str agent, str queue, str channel, str direction) except -1:
        cdef Py_hash_t hash = hash_of(<PyObject*>contact)
        cdef uint32_t number = self._medium(channel)
        cdef Cell* cell = self._cell(<PyObject*>queue, number)
        cdef Contact** spot
        cdef Contact* c
        cdef uint32_t who = self._worker(<PyObject*>agent)
        if self.n_contacts * 2 > self.mask:
            self._room()
        spot = self._spot(<PyObject*>contact, hash)
        if spot[0] != NULL:              # it lives already, under the same id
            self.misplaced += 1
            return 0
        c = self._new_contact(<PyObject*>contact, hash)
        c.uses = 1
        spot[0] = c
        self.n_contacts += 1
        c.channel = number
        c.entry = cell
        c.arrived = self.now
        c.since = self.now
        c.level = cell.level
        cell.n[CONTACTS] += 1
        cell.n[PLACED] += 1
        self._directed(cell, direction)
        self.media[number].alive += 1
        if self.recording:
            self._begin_story(c, 0)
        self._cut(&self.workers[who])
        self.workers[who].n[A_PLACED] += 1
        return self._begin_work(c, cell, who)

    @cython.final
    cdef int _begin_work(self, Contact* c, Cell* cell, uint32_t who) except -1:
        """The contact comes into an agent's hands by no offer; what was before is counted."""
        cdef Part part
        cdef Worker* a = &self.workers[who]
        c.hand = cell
        c.agent = who
        c.taken = self.now
        cell.in_hand += 1
        self.media[c.channel].in_hand += 1
        if c.story != NULL:
            part = Part()
            part.agent = who
            part.queue = cell.queue
            part.offered = part.answered = self.now
            (<Story>c.story).parts.append(part)
            Py_INCREF(part)
            Py_XDECREF(c.part)
            c.part = <PyObject*>part
        a.in_hand += 1
        return self._restate(a)

    @cython.final
    cdef int _hold(self, str contact, bint begins) except -1:
        cdef Contact* c
        cdef Worker* a
        self._contact(<PyObject*>contact, &c)
        if c == NULL or c.hand == NULL or c.on_hold == begins:
            self.misplaced += c != NULL
            return 0
        a = &self.workers[c.agent]
        self._cut(a)
        c.on_hold = begins
        if begins:
            c.held_at = self.now
            a.held += 1
        else:
            c.held += self.now - c.held_at
            a.held -= 1
            a.n[A_HOLDS] += 1
            c.hand.n[HOLDS] += 1
        return self._restate(a)

    @cython.final
    cdef int _handed_over(self, str contact, str to_agent) except -1:
        cdef Contact* c
        cdef Cell* cell
        cdef uint32_t who = self._worker(<PyObject*>to_agent)
        self._contact(<PyObject*>contact, &c)
        if c == NULL or c.hand == NULL:
            self.misplaced += c != NULL
            return 0
        cell = c.hand
        cell.n[HANDED_OVER] += 1
        self.workers[c.agent].n[A_HANDED_OVER] += 1
        self._part(c, False, False)
        self._cut(&self.workers[who])
        self.workers[who].n[A_TAKEN_OVER] += 1
        return self._begin_work(c, cell, who)

    @cython.final
    cdef int _begin_story(self, Contact* c, object priority) except -1:
        cdef Story story = Story()
        story.priority = priority
        story.ended = -1
        story.parts = []
        story.queue = story.customer = story.subject = ""
        Py_INCREF(story)
        c.story = <PyObject*>story
        return 0

    @cython.final
    cdef int _offered(self, PyObject* contact, PyObject* agent, PyObject* queue, int64_t number) except -1:
        cdef Contact* c
        cdef Cell* cell
        cdef Offer* offer
        cdef Offer** place
        cdef Worker* a
        self._contact(contact, &c)
        if c == NULL:
            return 0
        if c.visits != NULL and PyList_GET_ITEM(self.queue_ids, c.visits.cell.queue) == queue:
            cell = c.visits.cell
        else:
            cell = self._cell(queue, c.channel)
        offer = <Offer*>pool_take(&self.offer_pool)
        offer.after = NULL
        offer.cell = cell
        offer.number = number
        offer.at = self.now
        offer.agent = self._worker(agent)
        place = &c.offers
        while place[0] != NULL:
            place = &place[0].after
        place[0] = offer
        cell.n[OFFERS] += 1
        a = &self.workers[offer.agent]
        self._cut(a)
        a.n[A_OFFERS] += 1
        a.ringing += 1
        return self._restate(a)

    @cython.final
    cdef inline Offer* _offer_over(self, Contact* c, int64_t number) noexcept:
        """Take an offer from the contact, NULL when it is not there; the caller gives its record back."""
        cdef Offer** place = &c.offers
        cdef Offer* offer
        while place[0] != NULL:
            offer = place[0]
            if offer.number == number:
                place[0] = offer.after
                offer.cell.n[RING_NS] += self.now - offer.at
                return offer
            place = &offer.after
        self.misplaced += 1
        return NULL

    @cython.final
    cdef int _accepted(self, PyObject* contact, int64_t number) except -1:
        cdef Contact* c
        cdef Offer* offer
        cdef Visit* visit
        cdef Visit* after
        cdef Cell* cell
        cdef Worker* a
        cdef int64_t wait
        self._contact(contact, &c)
        if c == NULL:
            return 0
        offer = self._offer_over(c, number)
        if offer == NULL:
            return 0
        visit = c.visits
        c.visits = NULL
        while visit != NULL:
            after = visit.after
            cell = visit.cell
            wait = self._leave(visit)
            if cell == offer.cell:
                cell.n[ANSWERED] += 1
                cell.n[WAIT_ANSWERED_NS] += wait
                if self.n_wait_panes:
                    self._note_wait(cell, wait)
                self._roll(cell, PANE_ANSWERED)
                if wait <= cell.level:
                    cell.n[ANSWERED_IN] += 1
                    self._roll(cell, PANE_ANSWERED_IN)
            else:
                cell.n[ANSWERED_ELSEWHERE] += 1
                cell.n[WAIT_OTHER_NS] += wait
            visit = after
        c.hand = offer.cell
        c.agent = offer.agent
        c.taken = self.now
        c.hand.in_hand += 1
        self.media[c.channel].in_hand += 1
        if not c.answered:
            c.answered = True
            c.first_answer = self.now
            wait = self.now - c.arrived
            c.entry.n[CONTACTS_ANSWERED] += 1
            c.entry.n[CONTACT_WAIT_ANSWERED_NS] += wait
            if wait <= c.level:
                c.entry.n[CONTACTS_ANSWERED_IN] += 1
        if c.story != NULL:
            self._record_answer(c, offer)
        a = &self.workers[offer.agent]
        self._cut(a)
        a.n[A_ACCEPTED] += 1
        a.ringing -= 1
        a.in_hand += 1
        pool_give(&self.offer_pool, offer)
        return self._restate(a)

    @cython.final
    cdef int _record_answer(self, Contact* c, Offer* offer) except -1:
        cdef Part part = Part()
        cdef Story story = <Story>c.story
        part.agent = offer.agent
        part.queue = offer.cell.queue
        part.offered = offer.at
        part.answered = self.now
        if story.queue == "":
            story.queue = self.queue_ids[offer.cell.queue]
        story.parts.append(part)
        Py_INCREF(part)
        Py_XDECREF(c.part)
        c.part = <PyObject*>part
        return 0

    @cython.final
    cdef int _not_accepted(self, PyObject* contact, int64_t number, int field, int of_agent) except -1:
        """Rejected, missed, failed or withdrawn."""
        cdef Contact* c
        cdef Offer* offer
        cdef Worker* a
        self._contact(contact, &c)
        if c == NULL:
            return 0
        offer = self._offer_over(c, number)
        if offer == NULL:
            return 0
        offer.cell.n[field] += 1
        a = &self.workers[offer.agent]
        self._cut(a)
        a.n[of_agent] += 1
        a.ringing -= 1
        pool_give(&self.offer_pool, offer)
        return self._restate(a)

    @cython.final
    cdef int _part(self, Contact* c, bint handled, bint transferred) except -1:
        """The contact leaves the hands it is in; a wrap-up may follow, in the next event."""
        cdef Worker* a = &self.workers[c.agent]
        cdef Cell* cell = c.hand
        cdef int64_t talked = self.now - c.taken - c.held
        self._cut(a)
        a.in_hand -= 1
        a.n[A_SEGMENTS] += 1
        a.n[A_TALK_NS] += talked
        a.n[A_HOLD_NS] += c.held
        a.n[A_HANDLED] += handled
        a.n[A_TRANSFERRED] += transferred
        cell.in_hand -= 1
        cell.n[SEGMENTS] += 1
        cell.n[TALK_NS] += talked
        cell.n[HOLD_NS] += c.held
        cell.n[TRANSFERRED] += transferred
        self.media[c.channel].in_hand -= 1
        if c.part != NULL:
            (<Part>c.part).ended = self.now
            (<Part>c.part).transferred = transferred
            (<Part>c.part).hold = c.held
        c.held = 0
        if self.parted != c:
            release(&self.contact_pool, self.parted)
            c.uses += 1
            self.parted = c
        Py_XDECREF(self.parted_part)
        self.parted_cell = cell
        self.parted_agent = c.agent
        self.parted_part = c.part
        c.part = NULL
        c.hand = NULL
        return self._restate(a)

    @cython.final
    cdef int _requeued(self, str contact, tuple queues) except -1:
        cdef Contact* c
        self._contact(<PyObject*>contact, &c)
        if c == NULL:
            return 0
        if c.hand != NULL:
            self.left = c.agent
            self._part(c, False, True)
            c.since = self.now
            if not c.transferred:
                c.transferred = True
                c.entry.n[CONTACTS_TRANSFERRED] += 1
        else:
            self._leave_all(c, REQUEUED)
        return self._push_all(c, queues, BY_REQUEUE)

    @cython.final
    cdef int _ended(self, PyObject* contact, PyObject* outcome, PyObject* queue) except -1:
        cdef Contact** spot = self._spot(contact, hash_of(contact))
        cdef Contact* c = spot[0]
        cdef Cell* cell
        cdef int64_t wait
        if c == NULL:
            self.misplaced += 1
            return 0
        cell = c.entry
        if c.hand != NULL:
            self._part(c, outcome == <PyObject*>HANDLED_OUTCOME, False)
        elif c.visits != NULL:
            self._end_waiting(c, outcome)
        if outcome == <PyObject*>HANDLED_OUTCOME:
            cell.n[CONTACTS_HANDLED] += 1
        elif outcome == <PyObject*>ABANDONED_OUTCOME:
            wait = self.now - c.since
            cell.n[CONTACTS_ABANDONED] += 1
            cell.n[CONTACTS_ABANDONED_IN] += wait <= c.level
            cell.n[CONTACTS_ABANDONED_SHORT] += wait < self.short
            cell.n[CONTACT_WAIT_ABANDONED_NS] += wait
        else:
            cell.n[<int>ENDED_FIELDS[<object>outcome]] += 1
        self.media[c.channel].alive -= 1
        if c.story != NULL:
            self._end_story(c, <object>outcome, <str>queue)
        self._forget(spot)
        return 0

    @cython.final
    cdef int _end_story(self, Contact* c, object outcome, str queue) except -1:
        cdef Story story = <Story>c.story
        story.ended = self.now
        story.outcome = outcome
        if not c.answered:
            story.queue = queue
        if self.parted != c:
            return self._record_if_over(c)
        c.uses += 1
        self.closing = c                 # a wrap-up may follow
        return 0

    @cython.final
    cdef int _end_waiting(self, Contact* c, PyObject* outcome) except -1:
        """The first visit is that of the primary queue; the others end with it."""
        cdef Visit* visit = c.visits
        cdef Cell* cell = visit.cell
        cdef int64_t wait
        c.visits = visit.after
        wait = self._leave(visit)
        if outcome == <PyObject*>ABANDONED_OUTCOME:
            cell.n[ABANDONED] += 1
            cell.n[WAIT_ABANDONED_NS] += wait
            self._roll(cell, PANE_ABANDONED)
            if wait <= cell.level:
                cell.n[ABANDONED_IN] += 1
                self._roll(cell, PANE_ABANDONED_IN)
            if wait < self.short:
                cell.n[ABANDONED_SHORT] += 1
                self._roll(cell, PANE_ABANDONED_SHORT)
        else:
            cell.n[LOST if outcome == <PyObject*>LOST_OUTCOME else CANCELLED] += 1
            cell.n[WAIT_OTHER_NS] += wait
        self._leave_all(c, ENDED_ELSEWHERE)
        return 0

    @cython.final
    cdef inline int _note_wait(self, Cell* cell, int64_t wait) except -1:
        """Keep the wait of an answered visit, for quantiles."""
        cell.held[2 * cell.n_held] = wait
        cell.held[2 * cell.n_held + 1] = self.now
        cell.n_held += 1
        if cell.n_held == HELD:
            self._count_waits(cell)
        return 0

    @cython.final
    cdef int _count_waits(self, Cell* cell) except -1:
        """Put the waits that are held into the histograms, as if each had been put there at its instant."""
        cdef int i
        cdef RollingHistogram ring
        cdef Histogram ever
        if cell.n_held == 0:
            return 0
        if cell.ring == NULL:
            self._new_ring(cell, RollingHistogram(self.n_wait_panes, self.wait_pane), Histogram())
        ring = <RollingHistogram>cell.ring
        ever = <Histogram>cell.ever
        for i in range(cell.n_held):
            ring.put(cell.held[2 * i], cell.held[2 * i + 1])
            ever.put(cell.held[2 * i])
        cell.n_held = 0
        return 0

    @cython.final
    cdef int _new_ring(self, Cell* cell, RollingHistogram ring, Histogram ever) except -1:
        Py_INCREF(ring)
        Py_INCREF(ever)
        Py_XDECREF(cell.ring)
        Py_XDECREF(cell.ever)
        cell.ring = <PyObject*>ring
        cell.ever = <PyObject*>ever
        return 0

    @cython.final
    cdef inline int _roll(self, Cell* cell, int what) except -1:
        """Count in the present pane of the rolling figures."""
        if self.now >= self.pane_end:
            self.pane_number = self.now // self.pane
            self.pane_place = self.pane_number % self.n_panes * PANE_FIELDS
            self.pane_end = (self.pane_number + 1) * self.pane
        if cell.panes == NULL or self.pane_number != cell.pane:
            self._turn(cell, self.pane_number)
        cell.panes[self.pane_place + what] += 1
        return 0

    @cython.final
    cdef int _turn(self, Cell* cell, int64_t pane) except -1:
        """Forget the panes that fall out as this one becomes the newest."""
        cdef int64_t first = (cell.pane + 1) % self.n_panes
        cdef int64_t last = pane % self.n_panes
        cdef size_t size = PANE_FIELDS * sizeof(uint32_t)
        if cell.panes == NULL:
            cell.panes = <uint32_t*>calloc(self.n_panes * PANE_FIELDS, sizeof(uint32_t))
            if cell.panes == NULL:
                raise MemoryError
        elif pane - cell.pane >= self.n_panes:
            memset(cell.panes, 0, self.n_panes * size)
        elif first <= last:
            memset(&cell.panes[first * PANE_FIELDS], 0, (last - first + 1) * size)
        else:
            memset(&cell.panes[first * PANE_FIELDS], 0, (self.n_panes - first) * size)
            memset(cell.panes, 0, (last + 1) * size)
        cell.pane = pane
        return 0
