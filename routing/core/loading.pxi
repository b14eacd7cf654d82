# Taking over the state that a snapshot holds.


cdef class Keeper(Scribe):
    """Takes over what a snapshot holds."""

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
            if row.limit:
                a.limit_timer = timer_arm(r, 0, row.limit - 1, TIMER_NOT_READY, a.number, slot)
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
            entry.id = entry.command.contact
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
            c.direction = <uint8_t>row.direction
            if row.parent:
                leg_link(r, <uint32_t>slots[row.parent - 1], slot)
                c.joined = row.joined != 0
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
        s.on_hold = row.on_hold != 0
        s.held_since = row.held_since
        s.disposed = row.disposed != 0
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
