# Writing the state down.


# What a snapshot holds of each record, eight bytes a field; others of its kind are named by their place in it.

cdef struct AgentRow:
    int64_t number
    int64_t logged_in
    int64_t leaving
    int64_t ready
    int64_t reason
    int64_t device
    int64_t idle_since
    int64_t stamp
    int64_t retry_until
    int64_t handled
    int64_t misses
    int64_t occupancy
    int64_t limit          # due time of the end of not being ready + 1, 0 for none

cdef struct ContactRow:
    int64_t number
    int64_t state
    int64_t enqueued
    int64_t seq
    int64_t priority
    int64_t steps          # -1 for the queues' own
    int64_t hops
    int64_t target
    int64_t held_until
    int64_t credit
    int64_t channel
    int64_t load
    int64_t answered_in    # -1 for none
    int64_t prefer_until
    int64_t due
    int64_t expedited
    int64_t grouped
    int64_t ring_until
    int64_t drain_at
    int64_t drained        # number of the agent kept free, 0 for none
    int64_t parent         # its place + 1, 0 for none
    int64_t joined
    int64_t direction

cdef struct VisitRow:
    int64_t contact
    int64_t queue
    int64_t enqueued
    int64_t seq
    int64_t entered
    int64_t step
    int64_t seen
    int64_t spills

cdef struct HoldRow:
    int64_t contact
    int64_t agent          # number
    int64_t until

cdef struct WishRow:
    int64_t contact
    int64_t agent          # number
    int64_t score
    int64_t direct

cdef struct SegmentRow:
    int64_t agent          # number
    int64_t contact
    int64_t queue
    int64_t channel
    int64_t load
    int64_t state
    int64_t accepted
    int64_t offer
    int64_t until
    int64_t since
    int64_t due            # of its timer, -1 for none
    int64_t on_hold
    int64_t held_since
    int64_t disposed


cdef struct AttemptRow:
    int64_t number
    int64_t state
    int64_t requested
    int64_t until


cdef list slots_in_order(list numbered):
    """The slots of ``number << 32 | slot`` in the order of numbers."""
    numbered.sort()
    return [number & 0xFFFFFFFF for number in numbered]


cdef inline bint visit_later(Router* r, uint32_t a, uint32_t b) noexcept nogil:
    """Did the contact of visit a enter the queue after that of visit b?"""
    if r.visits[a].entered != r.visits[b].entered:
        return r.visits[a].entered > r.visits[b].entered
    return r.contacts[r.visits[a].contact].number > r.contacts[r.visits[b].contact].number


cdef class Scribe(Witness):
    """Writes down what a snapshot holds."""

    def _dump(self, agents):
        """Everything but the configuration, as plain values and rows in an order that depends on the state alone.

        ``agents`` are the ids of all agents in the order in which they are to be written.
        """
        cdef Router* r = self.r
        cdef uint32_t i
        cdef QueueRec* q
        cdef list queues = []
        cdef dict queue_places = {}
        cdef list contacts
        if r.failed:
            raise InternalError("an earlier command was broken off half way; restore from the journal")
        if self._unsaid is not None:
            raise UsageError("a call ran out of memory before its end; take the events of advance(now_ns) first")
        for i in self._queue_slots():
            q = &r.queues[i]
            queue_places[i] = len(queues)
            queues.append((self._queue_ids[i], q.exists, q.is_open, q.unstaffed_since,
                           self._agent_ids[q.last] if q.last else "", q.next_place, q.matched, q.number, q.estimate,
                           q.on, [q.shares[k].given for k in range(q.n_shares)],
                           [q.splits[k].given for k in range(q.n_splits)], self._level_state(q),
                           r.timers[q.timer].major if q.timer else -1))
        contacts = slots_in_order([(<object>r.contacts[i].number << 32) | i for i in range(1, r.contact_pool.used)
                                   if r.contacts[i].state != CONTACT_FREE])
        return (
            (r.now, r.revision, r.digest, r.stamps, r.seqs, r.contact_numbers, r.agent_numbers, r.offers,
             r.queue_numbers, r.timers[r.batch_timer].major if r.batch_timer else -1,
             r.timers[r.resume_timer].major if r.resume_timer else -1, r.grace_until),
            self._dump_agents(agents), queues, self._dump_contacts(contacts, queue_places),
            self._dump_segments(contacts, queue_places),
            [(<Entry>entry).command for entry in self._remembered()],
            [(request, known[0], known[1]) for request, known in self._requests.items()],
            self._dump_attempts(),
        )

    cdef tuple _dump_attempts(self):
        """``(how many there have been, commands, rows, commands of those remembered)``."""
        cdef Router* r = self.r
        cdef list slots = self._attempts_in_order()
        cdef bytes rows = PyBytes_FromStringAndSize(NULL, len(slots) * sizeof(AttemptRow))
        cdef AttemptRow* row = <AttemptRow*>PyBytes_AS_STRING(rows)
        cdef const AttemptRec* a
        cdef uint32_t slot
        for slot in slots:
            a = &r.attempts[slot]
            row.number = a.number
            row.state = a.state
            row.requested = a.requested
            row.until = graced(r, a.until)
            row += 1
        return (r.attempt_numbers, [(<Entry>self._attempt_entries[slot]).command for slot in slots], rows,
                [(<Entry>entry).command for entry in self._attempts_remembered()])

    cdef tuple _dump_agents(self, list agents):
        """``(rows, not-ready reasons, diaries)``; reasons are numbered, and everybody has a diary or nobody."""
        cdef Router* r = self.r
        cdef Py_ssize_t n = len(agents), i
        cdef bytes rows = PyBytes_FromStringAndSize(NULL, n * sizeof(AgentRow))
        cdef AgentRow* row = <AgentRow*>PyBytes_AS_STRING(rows)
        cdef const AgentRec* a
        cdef dict reasons = {"": 0}
        cdef list diaries = []
        cdef uint32_t slot
        for i in range(n):
            slot = <uint32_t>self._agents[agents[i]]
            a = &r.agents[slot]
            row.number = a.number
            row.logged_in = a.logged_in
            row.leaving = a.leaving
            row.ready = a.ready
            row.reason = reasons.setdefault(self._agent_reasons[slot], len(reasons))
            row.device = a.device
            row.idle_since = a.idle_since
            row.stamp = a.stamp
            row.retry_until = a.retry_until
            row.handled = a.handled
            row.misses = a.misses
            row.occupancy = a.occupancy
            row.limit = r.timers[a.limit_timer].major + 1 if a.limit_timer else 0
            row += 1
            if r.order_by[BY_OCCUPANCY]:
                diaries.append(self._diary_state(slot))
        return rows, list(reasons), diaries

    cdef tuple _dump_contacts(self, list slots, dict queue_places):
        """``(commands, rows, lists of steps, channels, visits, holds, wishes, attributes that were changed)``."""
        cdef Router* r = self.r
        cdef Py_ssize_t n = len(slots), i
        cdef bytes rows = PyBytes_FromStringAndSize(NULL, n * sizeof(ContactRow)), visits, holds, wishes
        cdef ContactRow* row = <ContactRow*>PyBytes_AS_STRING(rows)
        cdef VisitRow* visit
        cdef HoldRow* hold
        cdef WishRow* wish
        cdef const ContactRec* c
        cdef const Visit* v
        cdef dict own_steps = {}
        cdef dict steps_texts = {slot: key for key, slot in self._steps.items()}
        cdef dict channels = {}
        cdef dict places = {}      # of contacts with legs
        cdef list commands = []
        cdef list attributes = []
        cdef Entry entry
        cdef uint32_t slot, at, n_visits = 0, n_holds = 0, n_wishes = 0
        for i in range(n):
            slot = <uint32_t>slots[i]
            c = &r.contacts[slot]
            entry = <Entry>self._entries[slot]
            commands.append(entry.command)
            if entry.attributes is not None:
                attributes.append((i, entry.attributes))
            row.number = c.number
            row.state = c.state
            row.enqueued = c.enqueued
            row.seq = c.seq
            row.priority = c.priority
            row.steps = own_steps.setdefault(c.steps, len(own_steps)) if c.steps else -1
            row.hops = c.hops
            row.target = c.target
            row.held_until = c.held_until
            row.credit = c.credit
            row.channel = channels.setdefault(self._channel_ids[r.shapes[c.shape].channel], len(channels))
            row.load = r.shapes[c.shape].load
            row.answered_in = queue_places.get(c.answered_in, -1)
            row.prefer_until = c.prefer_until
            row.due = c.due
            row.expedited = c.expedited
            row.grouped = c.grouped
            row.ring_until = c.ring_until
            row.drain_at = c.drain_at
            row.drained = r.agents[c.drained].number if c.drained else 0
            if c.legs:
                places[slot] = i + 1
            row.parent = places[c.parent] if c.parent else 0   # a parent came into being before its legs
            row.joined = c.joined
            row.direction = c.direction
            row += 1
            n_holds += c.n_holds
            at = c.visits
            while at:
                n_visits += 1
                at = r.visits[at].next
            at = c.wishes
            while at:
                n_wishes += r.wishes[at].agent != 0
                at = r.wishes[at].next
        visits = PyBytes_FromStringAndSize(NULL, n_visits * sizeof(VisitRow))
        holds = PyBytes_FromStringAndSize(NULL, n_holds * sizeof(HoldRow))
        wishes = PyBytes_FromStringAndSize(NULL, n_wishes * sizeof(WishRow))
        visit = <VisitRow*>PyBytes_AS_STRING(visits)
        hold = <HoldRow*>PyBytes_AS_STRING(holds)
        wish = <WishRow*>PyBytes_AS_STRING(wishes)
        for i in range(n):
            c = &r.contacts[<uint32_t>slots[i]]
            at = c.visits
            while at:
                v = &r.visits[at]
                visit.contact = i
                visit.queue = queue_places[v.queue]
                visit.enqueued = v.enqueued
                visit.seq = v.seq
                visit.entered = v.entered
                visit.step = v.step
                visit.seen = v.seen
                visit.spills = v.spills
                visit += 1
                at = v.next
            at = c.holds
            while at:
                hold.contact = i
                hold.agent = r.holds[at].agent
                hold.until = r.holds[at].until
                hold += 1
                at = r.holds[at].next
            at = c.wishes
            while at:
                if r.wishes[at].agent:
                    wish.contact = i
                    wish.agent = r.agents[r.wishes[at].agent].number
                    wish.score = r.wishes[at].score
                    wish.direct = r.wishes[at].direct
                    wish += 1
                at = r.wishes[at].next
        return (commands, rows, [steps_texts[steps] for steps in own_steps], list(channels), visits, holds, wishes,
                attributes)

    cdef tuple _dump_segments(self, list contacts, dict queue_places):
        """``(rows, channels)``, in the order of offers."""
        cdef Router* r = self.r
        cdef uint32_t i
        cdef list slots = slots_in_order([(<object>r.segments[i].offer << 32) | i for i in range(1, r.segment_pool.used)
                                          if r.segments[i].state != SEGMENT_FREE])
        cdef bytes rows = PyBytes_FromStringAndSize(NULL, len(slots) * sizeof(SegmentRow))
        cdef SegmentRow* row = <SegmentRow*>PyBytes_AS_STRING(rows)
        cdef dict contact_places = {contact: place for place, contact in enumerate(contacts)} if slots else {}
        cdef dict channels = {}
        cdef const Segment* s
        for i in slots:
            s = &r.segments[i]
            row.agent = r.agents[s.agent].number
            row.contact = contact_places[s.contact]
            row.queue = queue_places[s.queue]
            row.channel = channels.setdefault(self._channel_ids[s.channel], len(channels))
            row.load = s.load
            row.state = s.state
            row.accepted = s.accepted
            row.offer = s.offer
            row.until = s.until
            row.since = s.since
            row.due = r.timers[s.timer].major if s.timer else -1
            row.on_hold = s.on_hold
            row.held_since = s.held_since
            row.disposed = s.disposed
            row += 1
        return rows, list(channels)

    cdef tuple _diary_state(self, uint32_t agent):
        """``(since, logged in by pane, occupied by pane)``."""
        cdef Diary* d = &self.r.diaries[agent]
        return d.since, [d.logged_in[i] for i in range(PANES)], [d.occupied[i] for i in range(PANES)]

    cdef tuple _level_state(self, const QueueRec* q):
        """``(newest pane, counts)``, or None when none is kept."""
        if q.level == NULL:
            return None
        level_roll(self.r, q.level)
        return q.level.pane, [q.level.counts[i] for i in range(3 * self.r.level_panes)]

    cdef list _queue_slots(self):
        """Slots of the queues, removed ones that somebody is still served from included."""
        cdef uint32_t i
        cdef list gone = []
        for i in range(1, self.r.queue_pool.used):
            if self._queue_ids[i] is not None and not self.r.queues[i].exists and self.r.queues[i].refs:
                gone.append((self._queue_ids[i], self._least_offer(i), i))
        return [self._queues[queue] for queue in sorted(self._queues)] + [item[2] for item in sorted(gone)]

    cdef uint64_t _least_offer(self, uint32_t queue):
        cdef uint64_t least = ~0ULL
        cdef uint32_t i
        for i in range(1, self.r.segment_pool.used):
            if self.r.segments[i].state != SEGMENT_FREE and self.r.segments[i].queue == queue:
                least = min(least, self.r.segments[i].offer)
        return least

    cdef tuple _contact_state_at(self, uint32_t slot):
        """``(visits, holds)``; queues by slot."""
        cdef Router* r = self.r
        cdef list visits = []
        cdef list holds = []
        cdef uint32_t i = r.contacts[slot].visits
        while i:
            visits.append((r.visits[i].queue, r.visits[i].enqueued, r.visits[i].seq, r.visits[i].entered,
                           r.visits[i].step, r.visits[i].seen, r.visits[i].spills))
            i = r.visits[i].next
        i = r.contacts[slot].holds
        while i:
            holds.append((r.holds[i].agent, r.holds[i].until))
            i = r.holds[i].next
        return tuple(visits), tuple(holds)
