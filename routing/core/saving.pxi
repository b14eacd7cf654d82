# Writing the state down, and taking it over again.


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


cdef class Keeper(Witness):
    """What a snapshot holds."""

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

    def _load(self, numbers, agents, queues, contacts, segments, remembered, requests, attempts):
        """Take over what `_dump` wrote; the configuration stands already, and the agents in the order of the rows."""
        cdef Router* r = self.r
        cdef list queue_slots = []
        cdef list contact_slots
        cdef uint32_t slot
        cdef QueueRec* q
        r.now = numbers[0]
        r.grace_until = numbers[11]
        self._load_agents(agents)
        for (queue, exists, is_open, unstaffed, last, next_place, matched, number, estimate, on, shares, splits, level,
             _) in queues:
            if exists:
                slot = self._queues[queue]
            else:
                slot = self._load_removed_queue(queue)
            queue_slots.append(slot)
            q = &r.queues[slot]
            q.is_open = is_open
            q.last = self._agents[last] if last else 0
            q.next_place = next_place
            q.matched = matched
            q.number = number
            q.estimate = estimate
            q.on = on
            for i, given in enumerate(shares):
                q.shares[<uint32_t>i].given = given
            for i, given in enumerate(splits):
                q.splits[<uint32_t>i].given = given
            if level:
                q.level.pane = level[0]
                for i, count in enumerate(level[1]):
                    q.level.counts[<uint32_t>i] = count
        for slot in range(1, r.agent_pool.used):
            if is_staff(&r.agents[slot]):
                staff_change(r, slot, 1)
        for slot, saved in zip(queue_slots, queues):
            r.queues[slot].unstaffed_since = saved[3]
        contact_slots = self._load_contacts(contacts, queue_slots)
        self._load_visits(contacts[4], queue_slots, contact_slots)
        self._load_segments(segments, queue_slots, contact_slots)
        self._load_reservations(contacts[1], contact_slots)
        # By idle time, so that everybody joins at the end of the orders.
        for slot in slots_in_order([(<object>r.agents[slot].stamp << 32) | slot
                                    for slot in range(1, r.agent_pool.used) if r.agents[slot].exists]):
            self._make_room()
            agent_leave(r, slot)
            agent_refresh(r, slot)
        for slot in contact_slots:
            self._make_room()
            if r.contacts[slot].state == CONTACT_WAITING or r.contacts[slot].grouped:
                contact_place(r, slot)
            if r.contacts[slot].state != CONTACT_ENDED:
                contact_timer(r, slot)
        for slot, saved in zip(queue_slots, queues):
            r.queues[slot].timer = timer_drop(r, r.queues[slot].timer)
            if saved[13] >= 0:
                r.queues[slot].timer = timer_arm(r, 0, saved[13], TIMER_PANE, r.queues[slot].number, slot)
        if numbers[9] >= 0:
            r.batch_timer = timer_arm(r, 0, numbers[9], TIMER_BATCH, 0, 0)
        if numbers[10] >= 0:
            self._make_room()
            pause_begin(r, numbers[10])
        for command in remembered:
            self._load_remembered(command)
        for request, before, events in requests:
            self._requests[request] = (before, events)
        self._load_attempts(attempts)
        for slot in range(1, r.queue_pool.used):
            r.queues[slot].touched = 0
        r.n_touched = 0
        dirty_clear(r)
        r.n_events = 0
        (r.now, r.revision, r.digest, r.stamps, r.seqs, r.contact_numbers, r.agent_numbers, r.offers, r.queue_numbers,
         _, _, _) = numbers
        self._by_number = None
        if r.failed:
            raise MemoryError

    cdef int _make_room(self) except -1:
        if reserve(self.r) < 0:
            raise MemoryError
        return 0

    cdef int _load_agents(self, tuple saved) except -1:
        """A new engine's agents have the slots from 1 on."""
        cdef Router* r = self.r
        cdef bytes rows = saved[0]
        cdef list reasons = saved[1]
        cdef list diaries = saved[2]
        cdef const AgentRow* row = <const AgentRow*>PyBytes_AS_STRING(rows)
        cdef AgentRec* a
        cdef Diary* d
        cdef uint32_t slot
        cdef int i
        for slot in range(1, r.agent_pool.used):
            self._make_room()
            a = &r.agents[slot]
            a.number = row.number
            a.logged_in = <uint8_t>row.logged_in
            a.leaving = <uint8_t>row.leaving
            a.ready = <uint8_t>row.ready
            if row.reason:
                self._agent_reasons[slot] = reasons[row.reason]
            a.device = <uint8_t>row.device
            a.idle_since = row.idle_since
            a.stamp = row.stamp
            a.retry_until = row.retry_until
            a.handled = <uint32_t>row.handled
            a.misses = <uint32_t>row.misses
            a.occupancy = <uint16_t>row.occupancy
            if diaries:
                d = &r.diaries[slot]
                since, logged_in, occupied = diaries[slot - 1]
                d.since = since
                for i in range(PANES):
                    d.logged_in[i] = logged_in[i]
                    d.occupied[i] = occupied[i]
            if a.retry_until:
                a.timer = timer_arm(r, 0, a.retry_until, TIMER_RETRY, a.number, slot)
            row += 1
        return 0

    cdef uint32_t _load_removed_queue(self, str queue) except 0:
        cdef object living = self._queues.get(queue)
        cdef uint32_t slot
        self._new_queue(queue)
        slot = self._queues.pop(queue)
        if living is not None:
            self._queues[queue] = living
        self.r.queues[slot].exists = 0
        return slot

    cdef uint32_t _load_channel(self, str channel) except? 0:
        """The number of a channel, which the configuration may have no more."""
        if channel not in self._channel_numbers:
            spare = [i for i in range(CHANNELS) if self._channel_ids[i] is None]
            self._channel_numbers[channel] = spare[0]
            self._channel_ids[spare[0]] = channel
        return self._channel_numbers[channel]

    cdef list _load_contacts(self, tuple saved, list queue_slots):
        """The contacts without their visits, as slots by place."""
        cdef Router* r = self.r
        cdef list commands = saved[0]
        cdef bytes rows = saved[1], holds = saved[5], wishes = saved[6]
        cdef const ContactRow* row = <const ContactRow*>PyBytes_AS_STRING(rows)
        cdef const HoldRow* hold = <const HoldRow*>PyBytes_AS_STRING(holds)
        cdef const WishRow* wish = <const WishRow*>PyBytes_AS_STRING(wishes)
        cdef list own_steps = saved[2]
        cdef list channels = saved[3]
        cdef list slots = []
        cdef list steps_slots = [0] * len(own_steps)
        cdef Py_ssize_t n = len(commands), i
        cdef uint32_t slot, shape = 0, steps
        cdef int64_t channel = -1, load = -1
        cdef ContactRec* c
        cdef Entry entry
        for i in range(n):
            self._make_room()
            if row.channel != channel or row.load != load:
                channel = row.channel
                load = row.load
                shape = self._shape(self._load_channel(channels[channel]), <uint32_t>load, True)
            steps = 0
            if row.steps >= 0 and row.state != CONTACT_ENDED:
                steps = <uint32_t>steps_slots[row.steps]
                if steps == 0:
                    steps = self._intern_steps(own_steps[row.steps], True)
                    steps_slots[row.steps] = steps
            slot = contact_new(r, shape, steps, <int32_t>row.priority, row.credit)
            slots.append(slot)
            entry = Entry.__new__(Entry)
            entry.command = commands[i]
            entry.id = <str>read(entry.command, ENQUEUE_CONTACT)
            c = &r.contacts[slot]
            c.number = row.number
            c.state = <uint8_t>row.state
            c.enqueued = row.enqueued
            c.seq = row.seq
            c.hops = <uint32_t>row.hops
            c.target = <uint8_t>row.target
            c.held_until = row.held_until
            c.answered_in = <uint32_t>queue_slots[row.answered_in] if row.answered_in >= 0 else 0
            c.id_hash = text_hash(entry.id)
            c.hashed = 1
            c.prefer_until = row.prefer_until
            c.due = row.due
            c.expedited = <uint8_t>row.expedited
            c.grouped = <uint8_t>row.grouped
            c.ring_until = row.ring_until
            c.drain_at = row.drain_at
            if slot >= <uint32_t>len(self._entries):
                self._entries.extend([None] * (slot + 1 - len(self._entries)))
            self._entries[slot] = entry
            if c.state == CONTACT_ENDED:
                r.n_contacts -= 1
                r.shapes[shape].living -= 1
            else:
                entry.slot = slot
                PyDict_SetItem(self._contacts, entry.id, entry)
            row += 1
        for i, attributes in saved[7]:
            (<Entry>self._entries[<uint32_t>slots[i]]).attributes = attributes
        for i in range(<Py_ssize_t>(len(wishes) // sizeof(WishRow))):
            if reserve_records(&r.wish_pool, <void**>&r.wishes, sizeof(Wish), 1) < 0:
                raise MemoryError
            wish_add(r, <uint32_t>slots[wish.contact], self._agent_numbered(wish.agent), <int32_t>wish.score,
                     wish.direct != 0)
            wish += 1
        for i in range(<Py_ssize_t>(len(holds) // sizeof(HoldRow))):
            self._load_hold(<uint32_t>slots[hold.contact], hold.agent, hold.until)
            hold += 1
        return slots

    cdef uint32_t _agent_numbered(self, uint64_t number) except 0:
        """The slot of an agent by number; found by going through all, once."""
        if self._by_number is None:
            self._by_number = {self.r.agents[<uint32_t>slot].number: slot for slot in self._agents.values()}
        return self._by_number[number]

    cdef int _load_visits(self, bytes rows, list queue_slots, list contact_slots) except -1:
        """Let the contacts stay in their queues: every queue in the order in which they entered."""
        cdef Router* r = self.r
        cdef const VisitRow* row = <const VisitRow*>PyBytes_AS_STRING(rows)
        cdef uint32_t contact, visit, queue
        cdef Py_ssize_t i
        for i in range(<Py_ssize_t>(len(rows) // sizeof(VisitRow))):
            self._make_room()
            contact = <uint32_t>contact_slots[row.contact]
            queue = <uint32_t>queue_slots[row.queue]
            visit_open(r, contact, queue, row.enqueued, row.seq)
            visit = visit_in(r, contact, queue)
            r.visits[visit].entered = row.entered
            r.visits[visit].step = <uint32_t>row.step
            r.visits[visit].seen = <uint32_t>row.seen
            r.visits[visit].spills = <uint32_t>row.spills
            row += 1
        for queue in queue_slots:
            self._sort_visits(queue)
        return 0

    cdef int _sort_visits(self, uint32_t queue) except -1:
        """Put the visits of a queue in the order of their entries, the last first."""
        cdef Router* r = self.r
        cdef list all = []
        cdef uint32_t visit = r.queues[queue].visits, before = 0
        while visit and r.visits[visit].after and visit_later(r, visit, r.visits[visit].after):
            visit = r.visits[visit].after
        if visit == 0 or r.visits[visit].after == 0:
            return 0
        visit = r.queues[queue].visits
        while visit:
            all.append((-r.visits[visit].entered, -<int64_t>r.contacts[r.visits[visit].contact].number, visit))
            visit = r.visits[visit].after
        r.queues[queue].visits = 0
        for _, _, slot in sorted(all):
            visit = slot
            r.visits[visit].before = before
            r.visits[visit].after = 0
            if before:
                r.visits[before].after = visit
            else:
                r.queues[queue].visits = visit
            before = visit
        r.queues[queue].oldest = before
        return 0

    cdef int _load_reservations(self, bytes rows, list contact_slots) except -1:
        cdef const ContactRow* row = <const ContactRow*>PyBytes_AS_STRING(rows)
        cdef Py_ssize_t i
        for i in range(len(contact_slots)):
            if row.drained:
                self._make_room()
                reserve_agent(self.r, <uint32_t>contact_slots[i], self._agent_numbered(row.drained))
            row += 1
        return 0

    cdef int _load_hold(self, uint32_t contact, uint64_t agent, int64_t until) except -1:
        cdef Router* r = self.r
        cdef uint32_t hold, last
        self._make_room()
        hold = pool_take(&r.hold_pool, r.holds, sizeof(Hold))
        r.holds[hold].agent = agent
        r.holds[hold].until = until
        last = r.contacts[contact].holds
        if last == 0:
            r.contacts[contact].holds = hold
        else:
            while r.holds[last].next:
                last = r.holds[last].next
            r.holds[last].next = hold
        r.contacts[contact].n_holds += 1
        return 0

    cdef int _load_segments(self, tuple saved, list queue_slots, list contact_slots) except -1:
        cdef bytes rows = saved[0]
        cdef const SegmentRow* row = <const SegmentRow*>PyBytes_AS_STRING(rows)
        cdef list channels = [self._load_channel(channel) for channel in saved[1]]
        cdef Py_ssize_t i
        for i in range(<Py_ssize_t>(len(rows) // sizeof(SegmentRow))):
            self._load_segment(row, <uint32_t>contact_slots[row.contact], <uint32_t>queue_slots[row.queue],
                               <uint32_t>channels[row.channel])
            row += 1
        return 0

    cdef int _load_segment(self, const SegmentRow* row, uint32_t contact, uint32_t queue, uint32_t channel) except -1:
        cdef Router* r = self.r
        cdef uint32_t agent = self._agent_numbered(row.agent), slot, kind, before, after
        cdef Segment* s
        self._make_room()
        before = r.contacts[contact].segment
        agent_leave(r, agent)
        slot = segment_open(r, agent, contact, queue)
        s = &r.segments[slot]
        if row.state != SEGMENT_RINGING:
            r.contacts[contact].n_ringing -= 1
        r.agents[agent].used[s.channel] -= 1
        r.agents[agent].load -= s.load
        s.channel = channel
        s.load = <uint32_t>row.load
        r.agents[agent].used[s.channel] += 1
        r.agents[agent].load += s.load
        s.state = <uint8_t>row.state
        s.accepted = row.accepted
        s.offer = row.offer
        s.until = row.until
        s.since = row.since
        if row.state != SEGMENT_RINGING:
            r.agents[agent].ringing -= 1
        if row.state == SEGMENT_WRAP_UP:
            r.contacts[contact].segment = before
            if before:
                after = before
                while r.segments[after].sibling != slot:
                    after = r.segments[after].sibling
                r.segments[after].sibling = 0
        if row.due >= 0:
            kind = TIMER_RING if row.state == SEGMENT_RINGING else \
                TIMER_HANDLING if row.state == SEGMENT_HANDLING else TIMER_WRAP_UP
            s.timer = timer_arm(r, 0, row.due, kind, s.offer, slot)
        return 0

    cdef int _load_attempts(self, tuple saved) except -1:
        cdef Router* r = self.r
        cdef list commands = saved[1]
        cdef bytes rows = saved[2]
        cdef const AttemptRow* row = <const AttemptRow*>PyBytes_AS_STRING(rows)
        cdef AttemptRec* a
        cdef Entry entry
        cdef uint32_t slot
        for command in commands:
            self._make_room()
            if reserve_records(&r.attempt_pool, <void**>&r.attempts, sizeof(AttemptRec), 1) < 0:
                raise MemoryError
            slot = self._take_attempt(command)
            a = &r.attempts[slot]
            a.number = row.number
            a.state = <uint8_t>row.state
            a.requested = row.requested
            attempt_expect(r, slot, row.until)
            row += 1
        r.attempt_numbers = saved[0]
        for command in saved[3]:
            entry = Entry.__new__(Entry)
            entry.id = command.attempt
            entry.command = command
            self._past_attempts[self._past_next] = entry
            self._past_next = (self._past_next + 1) % len(self._past_attempts)
            self._attempts[entry.id] = entry
        return 0

    cdef int _load_remembered(self, object command) except -1:
        cdef Entry entry = Entry.__new__(Entry)
        entry.id = command.contact
        entry.command = command
        self._ended[self._ended_next] = entry
        self._ended_next = (self._ended_next + 1) % len(self._ended)
        self._contacts[entry.id] = entry
        return 0
