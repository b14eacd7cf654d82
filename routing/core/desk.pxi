# The desk: what each command of contacts, agents and queues checks, and the transition it comes to.


cdef object first_repeated(tuple ids):
    """The first id that stands there twice, by its second place."""
    for i, one in enumerate(ids):
        if one in ids[:i]:
            return one
    return None


cdef class Desk(Hands):
    """Commands one by one."""

    # Contacts

    cdef int _enqueue(self, object command) except -1:
        cdef Router* r = self.r
        cdef str contact = <str>read(command, ENQUEUE_CONTACT)
        cdef tuple queues = <tuple>read(command, ENQUEUE_QUEUES)
        cdef Py_ssize_t n = len(queues), i
        cdef uint32_t slots[64]
        cdef uint32_t slot, shape, steps = 0
        cdef int64_t priority = read(command, ENQUEUE_PRIORITY), credit
        cdef Entry entry
        cdef Entry whole = None        # of which it is a leg
        cdef uint64_t queues_hash = 0
        cdef ContactRec* c
        cdef PyObject* found
        if not 0 < PyUnicode_GET_LENGTH(contact) <= ID_CHARS:
            return self._refuse(command, Reason.ID_EMPTY, contact)
        front_end = read(command, ENQUEUE_FRONT_END)
        if front_end is not "" and len(front_end) > ID_CHARS:
            return self._refuse(command, Reason.ID_TOO_LONG, front_end)
        found = PyDict_GetItemWithError(self._contacts, contact)
        if found != NULL:
            return self._refuse_known(command, contact, <Entry>found)
        parent = read(command, ENQUEUE_PARENT)
        if parent is not "" and parent != "":
            found = PyDict_GetItemWithError(self._contacts, parent)
            if found == NULL:
                return self._refuse(command, Reason.UNKNOWN_CONTACT, parent)
            whole = <Entry>found
        for i in range(min(n, 64)):
            found = PyDict_GetItemWithError(self._queues, queues[i])
            if found == NULL:
                return self._refuse_queue(command, queues[i])
            slots[i] = <uint32_t><object>found
        if n > 64:
            for item in queues[64:]:
                if item not in self._queues:
                    return self._refuse_queue(command, item)
        found = PyDict_GetItemWithError(self._channels, read(command, ENQUEUE_CHANNEL))
        if found == NULL:
            return self._refuse(command, Reason.UNKNOWN_CHANNEL, read(command, ENQUEUE_CHANNEL))
        shape = <object>found
        if n != 1:
            if n == 0:
                return self._refuse(command, Reason.NO_QUEUE, contact)
            if self._refuse_queues(command, queues):
                return 0
            for i in range(n):
                queues_hash = mix64(queues_hash ^ r.queues[slots[i]].id_hash)
        if priority < 0 or priority > self._limit_priority:
            return self._refuse(command, Reason.PRIORITY_OUT_OF_RANGE, priority)
        credit = read(command, ENQUEUE_CREDIT)
        if credit < 0 or credit > LONGEST:
            return self._refuse(command, Reason.CREDIT_OUT_OF_RANGE, credit)
        load = read(command, ENQUEUE_LOAD)
        if load is not None and not 0 <= load <= 1_000_000:
            return self._refuse(command, Reason.LOAD_OUT_OF_RANGE, load)
        requirement = read(command, ENQUEUE_REQUIREMENT)
        own = read(command, ENQUEUE_STEPS)
        if own or requirement:
            key = self._steps_key(command, requirement, own)
            if key is None:
                return 0
        else:
            key = None
        attributes = read(command, ENQUEUE_ATTRIBUTES)
        if attributes:
            if self._refuse_attributes(command, attributes):
                return 0
            command = replace(command, attributes=dict(attributes))  # the caller may change theirs
        due = read(command, ENQUEUE_DUE)
        if due is not 0 and not 0 <= due <= LAST_INSTANT:
            return self._refuse(command, Reason.DUE_OUT_OF_RANGE, due)
        preferred = <tuple>read(command, ENQUEUE_PREFERRED)
        prefer = read(command, ENQUEUE_PREFER)
        if preferred is not () and len(preferred) > self._limits.preferred:
            return self._refuse(command, Reason.TOO_MANY_PREFERRED, len(preferred))
        if prefer is not 0 and not 0 <= prefer <= LONGEST:
            return self._refuse(command, Reason.PREFER_OUT_OF_RANGE, prefer)
        if whole is not None and self._refuse_parent(command, whole):
            return 0
        if r.n_contacts >= self._limit_contacts:
            return self._refuse(command, Reason.CONTACTS_LIMIT, contact)
        if whole is not None:
            if r.contacts[whole.slot].n_legs >= r.leg_limit:
                return self._refuse(command, Reason.LEGS_LIMIT, whole.id)
            queues_hash = mix64(queues_hash ^ contact_hash(r, whole.slot))
        if key is not None:
            steps = self._intern_steps(key)
            if steps == 0:
                return self._refuse(command, Reason.REQUIREMENTS_LIMIT, contact)
        if preferred is not () \
                and reserve_records(&r.wish_pool, <void**>&r.wishes, sizeof(Wish), <uint32_t>len(preferred)) < 0:
            raise MemoryError("no memory for another command; nothing but the time has changed")
        if r.shapes[shape].living == 0 or (load is not None and <uint32_t>load != r.shapes[shape].load):
            shape = self._shape(r.shapes[shape].channel, r.shapes[shape].load if load is None else load)
            if shape == NOWHERE:
                return self._refuse(command, Reason.LOADS_LIMIT, contact)
        # From here on nothing can be refused.
        r.failed = HALF_WAY | (r.failed & BROKEN)
        slot = contact_new(r, shape, steps, <int32_t>priority, credit)
        c = &r.contacts[slot]
        c.id_hash = text_hash(contact)
        c.hashed = 1
        entry = Entry.__new__(Entry)
        entry.id = contact
        entry.command = command
        entry.slot = slot
        if slot >= <uint32_t>len(self._entries):
            self._entries.extend([None] * (slot + 1 - len(self._entries)))
        self._entries[slot] = entry
        PyDict_SetItem(self._contacts, contact, entry)
        if due is not 0:
            c.due = due
        if preferred is not ():
            self._prefer(slot, preferred, prefer)
        if whole is not None:
            leg_link(r, whole.slot, slot)
        direction = read(command, ENQUEUE_DIRECTION)
        if direction is not "inbound":
            c.direction = <uint8_t>DIRECTIONS.index(direction)
            if c.direction:
                queues_hash = mix64(queues_hash ^ <uint64_t>c.direction)
        emit(r, EV_CONTACT_ENQUEUED, 0, slot, slots[0], r.shapes[shape].channel, priority, <int64_t>queues_hash)
        for i in range(n):
            if i == 0 or visit_in(r, slot, slots[i]) == 0:
                contact_enter(r, slot, slots[i], c.enqueued, c.seq)
        contact_wait(r, slot)
        return 0

    cdef int _prefer(self, uint32_t contact, tuple preferred, int64_t wait) except -1:
        """Look up whom a contact prefers; room has been made."""
        cdef Router* r = self.r
        cdef uint32_t agent
        cdef bint present = False
        named = set()
        for preference in preferred:
            if preference.agent in self._agents and preference.agent not in named:
                named.add(preference.agent)
                agent = self._agents[preference.agent]
                wish_add(r, contact, agent, preference.score, preference.direct)
                present |= is_staff(&r.agents[agent])
        if present and wait:
            r.contacts[contact].prefer_until = r.now + wait
        return 0

    cdef int _update(self, object command) except -1:
        cdef Router* r = self.r
        cdef str contact = command.contact
        cdef Entry entry
        cdef ContactRec* c
        known = self._contacts.get(contact)
        if known is None:
            return self._refuse(command, Reason.UNKNOWN_CONTACT, contact)
        entry = <Entry>known
        if entry.slot == 0:
            return self._refuse(command, Reason.CONTACT_ENDED, contact)
        c = &r.contacts[entry.slot]
        if c.state == CONTACT_HANDLING:
            return self._refuse(command, Reason.CONTACT_NOT_WAITING, contact)
        if command.priority is not None and not 0 <= command.priority <= self._limit_priority:
            return self._refuse(command, Reason.PRIORITY_OUT_OF_RANGE, command.priority)
        if command.credit_ns is not None and not 0 <= command.credit_ns <= LONGEST:
            return self._refuse(command, Reason.CREDIT_OUT_OF_RANGE, command.credit_ns)
        if command.due_ns is not None and not 0 <= command.due_ns <= LAST_INSTANT:
            return self._refuse(command, Reason.DUE_OUT_OF_RANGE, command.due_ns)
        if command.attributes is not None:
            attributes = {**self._attributes_of(entry), **command.attributes}
            attributes = {name: value for name, value in attributes.items()
                          if value or name not in command.attributes}
            if self._refuse_attributes(command, attributes):
                return 0
            entry.attributes = attributes
        if command.priority is not None:
            c.priority = command.priority
        if command.credit_ns is not None:
            c.credit = command.credit_ns
        if command.due_ns is not None:
            c.due = command.due_ns
        if command.expedite is not None:
            c.expedited = command.expedite
        event = _e.ContactUpdated(r.now, contact, c.priority, c.credit, c.due, c.expedited != 0)
        self._emit_object(event, mix64(mix64(mix64(c.id_hash ^ c.priority) ^ <uint64_t>c.credit) ^ <uint64_t>c.due)
                          ^ c.expedited)
        contact_update(r, entry.slot)
        return 0

    cdef dict _attributes_of(self, Entry entry):
        """The attributes of a contact as they stand now."""
        if entry.attributes is not None:
            return entry.attributes
        return entry.command.attributes or {}

    cdef int _publish_estimate(self, object command) except -1:
        cdef int64_t wait = -1
        known = self._queues.get(command.queue)
        if known is None:
            return self._refuse_queue(command, command.queue)
        if command.wait_ns is not None:
            if not 0 <= command.wait_ns <= LONGEST:
                return self._refuse(command, Reason.ESTIMATE_OUT_OF_RANGE, command.wait_ns)
            wait = command.wait_ns
        self.r.queues[<uint32_t>known].estimate = wait
        self._emit_object(_e.EstimatePublished(self.r.now, command.queue, wait),
                          mix64(text_hash(command.queue) ^ <uint64_t>wait))
        return 0

    cdef int _contact(self, int op, object command, str contact) except -1:
        """Commands that name a contact only."""
        cdef Router* r = self.r
        cdef PyObject* found = PyDict_GetItemWithError(self._contacts, contact)
        cdef uint32_t slot
        cdef uint8_t state
        if found == NULL:
            return self._refuse(command, Reason.UNKNOWN_CONTACT, contact)
        slot = (<Entry>found).slot
        if slot == 0:
            return self._refuse(command, Reason.CONTACT_ENDED, contact)
        state = r.contacts[slot].state
        if op == OP_COMPLETE:
            if state != CONTACT_HANDLING:
                return self._refuse(command, Reason.CONTACT_NOT_HANDLED, contact)
            contact_complete(r, slot, ENDED_HANDLED)
        elif op == OP_ABANDON:
            if state == CONTACT_HANDLING:
                return self._refuse(command, Reason.CONTACT_NOT_WAITING, contact)
            contact_abandon(r, slot)
        else:
            contact_cancel(r, slot)
        return 0

    cdef int _offer(self, int op, object command, str contact, str agent, object offer) except -1:
        """Commands about a ringing offer."""
        cdef Router* r = self.r
        cdef PyObject* found = PyDict_GetItemWithError(self._contacts, contact)
        cdef PyObject* who
        cdef uint32_t slot
        cdef uint32_t segment
        if found == NULL:
            return self._refuse(command, Reason.UNKNOWN_CONTACT, contact)
        who = PyDict_GetItemWithError(self._agents, agent)
        if who == NULL and not (op == OP_WITHDRAW and agent == ""):
            return self._refuse(command, Reason.UNKNOWN_AGENT, agent)
        slot = (<Entry>found).slot
        if slot == 0:
            return self._refuse(command, Reason.CONTACT_ENDED, contact)
        if r.contacts[slot].state != CONTACT_OFFERED:
            return self._refuse(command, Reason.CONTACT_NOT_OFFERED, contact)
        segment = r.contacts[slot].segment
        while segment and ((who != NULL and r.segments[segment].agent != <uint32_t><object>who)
                           or (offer != 0 and offer != r.segments[segment].offer)):
            segment = r.segments[segment].sibling
        if segment == 0:
            return self._refuse(command, Reason.OFFER_IS_ANOTHER, contact)
        if op == OP_ACCEPT:
            offer_accept(r, segment)
        elif op == OP_REJECT:
            offer_reject(r, segment)
        elif op == OP_FAIL:
            if FAIL_CAUSES[command.cause] == CAUSE_NO_ANSWER:
                offer_unanswered(r, segment)
            else:
                offer_fail(r, segment, FAIL_CAUSES[command.cause])
        elif who == NULL and offer == 0:
            contact_take_back(r, slot)
        else:
            offer_take_back(r, segment)
        return 0

    cdef int _requeue(self, object command) except -1:
        cdef Router* r = self.r
        cdef str contact = command.contact
        cdef uint32_t slots[64]
        cdef uint32_t steps = 0, visit
        cdef uint64_t queues_hash = 0
        cdef uint32_t slot
        cdef Py_ssize_t i
        known = self._contacts.get(contact)
        if known is None:
            return self._refuse(command, Reason.UNKNOWN_CONTACT, contact)
        slot = (<Entry>known).slot
        if slot == 0:
            return self._refuse(command, Reason.CONTACT_ENDED, contact)
        queues = command.queues
        if not queues:
            queues = []
            if r.contacts[slot].state == CONTACT_HANDLING:
                queues.append(self._queue_ids[r.contacts[slot].answered_in])
                if not r.queues[r.contacts[slot].answered_in].exists:
                    return self._refuse_queue(command, queues[0])
            else:
                visit = r.contacts[slot].visits
                while visit:
                    queues.append(self._queue_ids[r.visits[visit].queue])
                    visit = r.visits[visit].next
            queues = tuple(queues)
        for queue in queues:
            if queue not in self._queues:
                return self._refuse_queue(command, queue)
        if command.queues and self._refuse_queues(command, queues):
            return 0
        priority = command.priority
        if priority is not None and not 0 <= priority <= self._limits.priority:
            return self._refuse(command, Reason.PRIORITY_OUT_OF_RANGE, priority)
        preferred = <tuple>command.preferred
        if len(preferred) > self._limits.preferred:
            return self._refuse(command, Reason.TOO_MANY_PREFERRED, len(preferred))
        if not 0 <= command.prefer_ns <= LONGEST:
            return self._refuse(command, Reason.PREFER_OUT_OF_RANGE, command.prefer_ns)
        if preferred \
                and reserve_records(&r.wish_pool, <void**>&r.wishes, sizeof(Wish), <uint32_t>len(preferred)) < 0:
            raise MemoryError("no memory for another command; nothing but the time has changed")
        if command.steps:
            key = self._steps_key(command, "", command.steps)
            if key is None:
                return 0
            steps = self._intern_steps(key)
            if steps == 0:
                return self._refuse(command, Reason.REQUIREMENTS_LIMIT, contact)
        if command.steps is not None:
            if r.contacts[slot].steps:
                steps_release(r, r.contacts[slot].steps)
            r.contacts[slot].steps = steps
            if steps:
                r.steps[steps].refs += 1
        if priority is not None:
            r.contacts[slot].priority = priority
        if preferred:
            contact_unplace(r, slot)
            wishes_drop(r, &r.contacts[slot])
            r.contacts[slot].prefer_until = 0
            self._prefer(slot, preferred, command.prefer_ns)
        for i in range(len(queues)):
            slots[i] = self._queues[queues[i]]
            queues_hash = mix64(queues_hash ^ r.queues[slots[i]].id_hash)
        self._tuple = queues
        keep_age = command.keep_age
        if keep_age is None:
            keep_age = not command.queues or r.queues[slots[0]].keep_age
        contact_requeue(r, slot, slots, <uint32_t>len(queues), keep_age, queues_hash)
        return 0

    # Coming back

    cdef int _sync(self, object command) except -1:
        """A front-end says which calls it has. O(living contacts + attempts + calls)."""
        cdef Router* r = self.r
        cdef str front_end = command.front_end
        cdef list lost = []
        cdef list unknown = []
        cdef list adoptable = []
        cdef list lost_attempts = []
        cdef list unknown_attempts = []
        cdef set live = set()
        cdef set dialed = set(command.attempts)
        cdef Py_ssize_t told, adopted = 0
        cdef uint64_t hash
        cdef uint32_t slot, agent
        if len(front_end) > ID_CHARS:
            return self._refuse(command, Reason.ID_TOO_LONG, front_end)
        for call in command.live:
            if call.contact in live:
                return self._refuse(command, Reason.DUPLICATE_CONTACT, call.contact)
            live.add(call.contact)
            entry = self._contacts.get(call.contact)
            if entry is None or (<Entry>entry).slot == 0:
                unknown.append(call.contact)
            elif call.agent in self._agents:
                adoptable.append(((<Entry>entry).slot, self._agents[call.agent]))
        if len(dialed) != len(command.attempts):
            return self._refuse(command, Reason.DUPLICATE_ATTEMPT, first_repeated(command.attempts))
        for attempt in command.attempts:
            entry = self._attempts.get(attempt)
            if entry is None or (<Entry>entry).slot == 0:
                unknown_attempts.append(attempt)
        for contact, entry in self._contacts.items():
            slot = (<Entry>entry).slot
            if slot and contact not in live and (<Entry>entry).command.front_end == front_end:
                lost.append((<object>r.contacts[slot].number << 32) | slot)
        lost = slots_in_order(lost)
        parents = set(lost)
        lost = [slot for slot in lost if r.contacts[<uint32_t>slot].parent not in parents]  # legs end with them
        for slot in self._attempts_in_order():
            entry = self._attempt_entries[slot]
            if (<Entry>entry).id not in dialed and (<Entry>entry).command.front_end == front_end:
                lost_attempts.append(slot)
        hash = mix64(text_hash("CallsSynced" + front_end) ^ <uint64_t>len(lost))
        for contact in unknown:
            hash = mix64(hash ^ text_hash(contact))
        if lost_attempts or unknown_attempts:
            hash = mix64(hash ^ text_hash("attempts") ^ <uint64_t>len(lost_attempts))
            for attempt in unknown_attempts:
                hash = mix64(hash ^ text_hash(attempt))
        event = _e.CallsSynced(r.now, front_end, len(lost), 0, tuple(unknown), len(lost_attempts),
                               tuple(unknown_attempts))
        told = len(self._objects)
        self._emit_object(event, hash)
        r.failed = HALF_WAY | (r.failed & BROKEN)
        for slot in lost:
            if reserve(r) < 0:
                r.failed |= BROKEN
                return 0
            contact_lose(r, slot)
        for slot in lost_attempts:
            if reserve(r) < 0:
                r.failed |= BROKEN
                return 0
            attempt_lose(r, slot)
        for slot, agent in adoptable:
            if self._adopt(slot, agent):
                adopted += 1
        self._objects[told] = replace(event, adopted=adopted)
        return 0

    cdef bint _adopt(self, uint32_t contact, uint32_t agent) except -1:
        """Give a living contact to the agent who talks to its caller; is that news, and possible?"""
        cdef Router* r = self.r
        cdef const AgentRec* a = &r.agents[agent]
        cdef uint32_t own, other
        if not a.exists or not a.logged_in \
                or (r.contacts[contact].state != CONTACT_WAITING and r.contacts[contact].state != CONTACT_OFFERED):
            return False
        own = r.contacts[contact].segment
        while own and r.segments[own].agent != agent:
            own = r.segments[own].sibling
        if own == 0 and (not has_room(r, a, &r.shapes[r.contacts[contact].shape])
                         or (r.contacts[contact].parent and takes_part(r, &r.contacts[contact], agent))):
            return False
        while r.contacts[contact].n_ringing > (own != 0):
            other = r.contacts[contact].segment
            if other == own:
                other = r.segments[other].sibling
            if reserve(r) < 0:
                r.failed |= BROKEN
                return False
            offer_withdraw(r, other, CAUSE_ANSWERED_ELSEWHERE)
        if reserve(r) < 0:
            r.failed |= BROKEN
            return False
        if own:
            offer_accept(r, own)
        else:
            offer_adopt(r, contact, agent)
        return True

    cdef int _resume(self, object command) except -1:
        """The host is back. O(ringing offers + limits that end within the grace, and memory ever used for offers)."""
        cdef Router* r = self.r
        cdef list ringing
        cdef int64_t until = command.until_ns, back
        cdef uint32_t slot
        if until < 0 or until > LAST_INSTANT:
            return self._refuse(command, Reason.RESUME_OUT_OF_RANGE, until)
        ringing = slots_in_order([(<object>r.segments[slot].offer << 32) | slot
                                  for slot in range(1, r.segment_pool.used)
                                  if r.segments[slot].state == SEGMENT_RINGING])
        self._emit_object(_e.Resumed(r.now, until), mix64(text_hash("Resumed") ^ <uint64_t>until))
        back = max(until, r.now)
        grace_begin(r, back + r.resume_grace)
        if back > r.now:
            pause_begin(r, back)
        for slot in ringing:
            if reserve(r) < 0:
                r.failed |= BROKEN
                return 0
            offer_withdraw(r, slot, CAUSE_RESUMED)
        return 0

    # Agents

    cdef int _end_wrap_up(self, object command, str agent, str contact) except -1:
        cdef Router* r = self.r
        cdef PyObject* found = PyDict_GetItemWithError(self._agents, agent)
        cdef uint32_t slot, after
        cdef bint any = False
        cdef str lacking = ""
        if found == NULL:
            return self._refuse(command, Reason.UNKNOWN_AGENT, agent)
        slot = r.agents[<uint32_t><object>found].segments
        while slot:
            after = r.segments[slot].next
            if r.segments[slot].state == SEGMENT_WRAP_UP \
                    and (contact == "" or (<Entry>self._entries[r.segments[slot].contact]).id == contact):
                if lacks_disposition(r, &r.segments[slot]):
                    lacking = lacking or (<Entry>self._entries[r.segments[slot].contact]).id
                    slot = after
                    continue
                any = True
                if reserve(r) < 0:
                    r.failed |= BROKEN
                    return 0
                wrap_up_end(r, slot)
            slot = after
        if not any and lacking:
            return self._refuse(command, Reason.DISPOSITION_REQUIRED, lacking)
        if not any:
            return self._refuse(command, Reason.AGENT_NOT_IN_WRAP_UP, agent)
        return 0

    cdef int _agent(self, int op, object command, str agent, bint ready, str reason) except -1:
        """Commands that name an agent only, and whether and why not ready."""
        cdef Router* r = self.r
        cdef PyObject* found = PyDict_GetItemWithError(self._agents, agent)
        cdef uint32_t slot
        cdef AgentRec* a
        if found == NULL:
            return self._refuse(command, Reason.UNKNOWN_AGENT, agent)
        slot = <uint32_t><object>found
        a = &r.agents[slot]
        if op == OP_NOT_READY or (op == OP_LOG_IN and not ready):
            if self._reasons and reason not in self._reasons:
                return self._refuse(command, Reason.UNKNOWN_REASON, reason)
        if op == OP_LOG_IN:
            if a.leaving:
                return self._refuse(command, Reason.AGENT_LEAVING, agent)
            if a.logged_in:
                return self._refuse(command, Reason.ALREADY_SO, agent)
            self._agent_reasons[slot] = "" if ready else reason
            agent_log_in(r, slot, ready, 0 if ready else text_hash(reason), self._not_ready_limits.get(reason, 0))
            return 0
        if not a.logged_in:
            return self._refuse(command, Reason.AGENT_LOGGED_OUT, agent)
        if op == OP_LOG_OUT:
            if command.force:
                self._tuple = ()
                if agent_drop(r, slot) < 0:
                    r.failed |= BROKEN
                return 0
            if a.leaving:
                return self._refuse(command, Reason.ALREADY_SO, agent)
            if agent_log_out(r, slot, False) < 0:
                r.failed |= BROKEN
            return 0
        if op == OP_DEVICE:
            return self._device(command, slot, a)
        if a.leaving:
            return self._refuse(command, Reason.AGENT_LEAVING, agent)
        if op == OP_READY:
            if a.ready:
                return self._refuse(command, Reason.ALREADY_SO, agent)
            self._agent_reasons[slot] = ""
            agent_set_ready(r, slot)
        else:
            if not a.ready and self._agent_reasons[slot] == reason:
                return self._refuse(command, Reason.ALREADY_SO, agent)
            self._agent_reasons[slot] = reason
            agent_set_not_ready(r, slot, text_hash(reason), self._not_ready_limits.get(reason, 0))
        return 0

    cdef int _device(self, object command, uint32_t slot, AgentRec* a) except -1:
        cdef int device = DEVICES.index(command.state)
        if a.device == device and (device != DEVICE_AVAILABLE or a.retry_until == 0):
            return self._refuse(command, Reason.ALREADY_SO, command.agent)
        agent_set_device(self.r, slot, device)
        return 0

    cdef int _reset(self, object command) except -1:
        cdef uint32_t slot, only = 0
        if command.agent:
            if command.agent not in self._agents:
                return self._refuse(command, Reason.UNKNOWN_AGENT, command.agent)
            only = self._agents[command.agent]
        self._emit_object(_e.CountsReset(self.r.now, command.agent), text_hash("CountsReset" + command.agent))
        if only == 0:
            shares_reset(self.r)
        for slot in range(1, self.r.agent_pool.used):
            if self.r.agents[slot].exists and (only == 0 or slot == only):
                if reserve(self.r) < 0:
                    self.r.failed |= BROKEN
                    return 0
                agent_reset(self.r, slot)
        return 0

    # Queues

    cdef int _open_or_close(self, int op, object command) except -1:
        cdef Router* r = self.r
        cdef uint32_t slot
        cdef QueueRec* q
        known = self._queues.get(command.queue)
        if known is None:
            return self._refuse_queue(command, command.queue)
        slot = known
        q = &r.queues[slot]
        if q.is_open == (op == OP_OPEN):
            return self._refuse(command, Reason.ALREADY_SO, command.queue)
        if op == OP_CLOSE and q.overflow_on_close and drain_room(r, slot) < 0:
            raise MemoryError("no memory to close the queue; nothing but the time has changed")
        q.is_open = op == OP_OPEN
        emit(r, EV_QUEUE_OPENED if op == OP_OPEN else EV_QUEUE_CLOSED, 0, 0, slot, 0, 0, 0)
        if op == OP_CLOSE and q.overflow_on_close:
            if queue_drain(r, slot, &q.closed, CAUSE_QUEUE_CLOSED, CAUSE_CLOSED) < 0:
                r.failed |= BROKEN
        return 0
