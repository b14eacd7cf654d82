# The door: commands in, events out. Owns the ids and everything else that is a Python object.


cdef class Door(Names):
    """Commands in, events out."""

    # Reading

    @property
    def now_ns(self):
        """The last instant the engine was told, ns."""
        return self.r.now

    @property
    def next_due_ns(self):
        """The earliest instant at which a timer fires, ns, or None. O(1)."""
        cdef int64_t due = timer_next(self.r)
        return None if due == NEVER else due

    @property
    def revision(self):
        """How many events there have been."""
        return self.r.revision

    @property
    def digest(self):
        """The running 64-bit digest over all events."""
        return self.r.digest

    # Commands

    def apply(self, command, at_ns, *, request_id=""):
        """Let timers fire up to ``at_ns``, then do one command.

        Parameters
        ----------
        command : Command
            One of the structs of `routing.commands`.
        at_ns : int
            The instant, ns, not before `now_ns`.
        request_id : str, default ""
            When given and known already, nothing is done but advancing, and the recorded events are returned.

        Returns
        -------
        tuple of Event
            Events of timers, then those of the command: its effect or one `CommandRefused`, and the offers that
            followed.

        Raises
        ------
        UsageError
            For misuse (a wrong type, a time that runs backwards); nothing has changed.
        MemoryError
            If memory ran out. Either the command has not been done, and events of timers come with the next call; or
            it was broken off half way, and every later call raises InternalError.
        InternalError
            If an earlier command was broken off half way; restore from the journal.

        Notes
        -----
        O(log n) in the agents and contacts involved, whatever the size of the centre. A command that edits the
        configuration costs more: up to O(agents + queues), and closing a queue O(its contacts).
        """
        cdef int op = self._misuse(command)
        cdef int64_t at = self._instant(at_ns)
        cdef list earlier
        cdef tuple events
        cdef bint named = request_id is not ""
        if named:
            if type(request_id) is not str:
                raise UsageError(f"request_id {request_id!r} is {type(request_id).__name__}, not str; pass a string")
            if len(request_id) > ID_CHARS:
                raise UsageError(f"request_id has {len(request_id)} characters, more than {ID_CHARS}; shorten it")
            want_text(command, "request_id", request_id)
            named = request_id != ""
        earlier = self._advance(at, at_ns)
        if named:
            known = self._requests.get(request_id)
            if known is not None:
                return known[1] if earlier is None else (*earlier, *known[1])
        if earlier is not None:
            self._unsaid = earlier
        self._do(op, command)
        events = self._finish(at, at_ns)
        if named:
            self.r.failed = HALF_WAY
            self._remember_request(request_id, events)
            self.r.failed = 0
        if earlier is None:
            return events
        self._unsaid = None
        return (*earlier, *events)

    def apply_many(self, commands):
        """Do several ``(command, at_ns)`` and return the events of each.

        Each is done as `apply` does it; misuse in any of them is found before the first is done.

        Raises
        ------
        UsageError
            For misuse; nothing has changed.
        MemoryError
            As for `apply`; when some of the commands had been done already, every later call raises InternalError.
        """
        cdef list pairs = list(commands)
        cdef list results = []
        cdef list earlier
        cdef int64_t at, last = self.r.now
        for pair in pairs:
            if type(pair) is not tuple or len(pair) != 2:
                raise UsageError(f"{pair!r} is not a pair (command, at_ns)")
            self._misuse(pair[0])
            at = self._instant(pair[1])
            if at < last:
                raise UsageError(f"at_ns {at} is before {last} of the pair before it; times must not decrease")
            last = at
        try:
            for command, at_ns in pairs:
                at = at_ns
                earlier = self._advance(at, at_ns)
                if earlier is not None:
                    self._unsaid = earlier
                self._do(op_of(command), command)
                events = self._finish(at, at_ns)
                results.append(events if earlier is None else (*earlier, *events))
                self._unsaid = None
        except BaseException:
            if results:
                self.r.failed |= BROKEN  # nobody would learn what was done
            raise
        return results

    def advance(self, at_ns):
        """Let every timer fire that is due by ``at_ns``, each at its own time.

        Raises
        ------
        UsageError
            If the time is no int, out of range or runs backwards; nothing has changed.
        MemoryError
            As for `apply`: some of the timers may have fired, and their events come with the next call.
        """
        cdef list events = self._advance(self._instant(at_ns), at_ns)
        return () if events is None else tuple(events)

    cdef int64_t _instant(self, object at_ns) except -1:
        cdef int64_t at
        cdef int overflow = 0
        if type(at_ns) is not int:
            raise UsageError(f"at_ns {at_ns!r} is {type(at_ns).__name__}, not int; pass whole nanoseconds")
        at = PyLong_AsLongLongAndOverflow(at_ns, &overflow)
        if overflow or at < 0 or at > LAST_INSTANT:
            raise UsageError(f"at_ns {at_ns} is not in 0..{LAST_INSTANT}; pass nanoseconds since 1970 or a start")
        if at < self.r.now:
            raise UsageError(f"at_ns {at} is before now_ns {self.r.now}; times must not decrease")
        return at

    cdef int _misuse(self, object command) except -1:
        """The number of the command's kind. Misuse is found here, before anything changes."""
        cdef int op = op_of(command)
        if op == OP_ENQUEUE:
            value = read(command, ENQUEUE_CONTACT)
            want_text(command, "contact", value)
            value = read(command, ENQUEUE_QUEUES)
            want_ids(command, "queues", value)
            want_text(command, "channel", read(command, ENQUEUE_CHANNEL))
            want_int(command, "priority", read(command, ENQUEUE_PRIORITY))
            want_text(command, "customer", read(command, ENQUEUE_CUSTOMER))
            value = read(command, ENQUEUE_CREDIT)
            if value is not 0:
                want_int(command, "credit_ns", value)
            value = read(command, ENQUEUE_REQUIREMENT)
            if value is not "":
                want_text(command, "requirement", value)
            value = read(command, ENQUEUE_STEPS)
            if value is not ():
                want_steps(command, "steps", value)
            value = read(command, ENQUEUE_LOAD)
            if value is not None:
                want_int(command, "load", value)
            value = read(command, ENQUEUE_ATTRIBUTES)
            if value is not None:
                want_attributes(command, value)
            value = read(command, ENQUEUE_DUE)
            if value is not 0:
                want_int(command, "due_ns", value)
            value = read(command, ENQUEUE_PREFERRED)
            if value is not ():
                want_preferred(command, value)
            value = read(command, ENQUEUE_PREFER)
            if value is not 0:
                want_int(command, "prefer_ns", value)
        elif op == OP_ACCEPT:
            want_text(command, "contact", read(command, ACCEPT_CONTACT))
            want_text(command, "agent", read(command, ACCEPT_AGENT))
            want_int(command, "offer", read(command, ACCEPT_OFFER))
        elif op == OP_COMPLETE:
            want_text(command, "contact", read(command, COMPLETE_CONTACT))
        elif op == OP_END_WRAP_UP:
            want_text(command, "agent", read(command, END_AGENT))
            want_text(command, "contact", read(command, END_CONTACT))
        elif op == OP_READY:
            want_text(command, "agent", read(command, READY_AGENT))
        elif op == OP_NOT_READY:
            want_text(command, "agent", read(command, NOT_READY_AGENT))
            want_text(command, "reason", read(command, NOT_READY_REASON))
        elif op == OP_ABANDON:
            want_text(command, "contact", read(command, ABANDON_CONTACT))
        elif op == OP_REJECT:
            want_text(command, "contact", read(command, REJECT_CONTACT))
            want_text(command, "agent", read(command, REJECT_AGENT))
            want_int(command, "offer", read(command, REJECT_OFFER))
        elif op == OP_LOG_IN:
            want_text(command, "agent", read(command, LOG_IN_AGENT))
            want_bool(command, "ready", read(command, LOG_IN_READY))
            want_text(command, "reason", read(command, LOG_IN_REASON))
        else:
            self._misuse_rare(op, command)
        return op

    cdef int _misuse_rare(self, int op, object command) except -1:
        if op == OP_CONFIGURE:
            self._misuse_configuration(command)
            return 0
        for name in command.__struct_fields__:
            value = getattr(command, name)
            if name == "offer":
                want_int(command, name, value)
            elif name == "ready" or name == "keep_age":
                want_bool(command, name, value)
            elif name == "cause":
                want_one_of(command, name, value, FAIL_CAUSES)
            elif name == "state":
                want_one_of(command, name, value, DEVICES)
            elif name == "queues":
                want_ids(command, name, value)
            elif name == "priority" or name == "credit_ns" or name == "due_ns" or name == "wait_ns":
                if value is not None:
                    want_int(command, name, value)
            elif name == "expedite":
                if value is not None:
                    want_bool(command, name, value)
            elif name == "attributes":
                if value is not None:
                    want_attributes(command, value)
            elif name == "steps":
                if value is not None:
                    want_steps(command, name, value)
            else:
                want_text(command, name, value)
        return 0

    def _misuse_configuration(self, command):
        """Engine's: find misuse in a command that edits the configuration."""

    def _configure(self, command):
        """Engine's: do a command that edits the configuration."""

    def _forget_agent(self, agent):
        """Engine's: a removed agent is gone."""

    cdef list _advance(self, int64_t at, object at_ns):
        """Fire timers; the events they made, or None."""
        cdef Router* r = self.r
        cdef list events
        cdef int done
        if r.failed:
            raise InternalError("an earlier command was broken off half way; restore from the journal")
        if timer_next(r) > at and self._unsaid is None:
            r.now = at
            return None
        events = [] if self._unsaid is None else self._unsaid
        self._unsaid = events
        while True:
            with nogil:
                done = advance_to(r, at)
            if r.failed:
                raise MemoryError("memory ran out half way through a step; restore from the journal")
            r.failed = HALF_WAY
            self._collect_into(events, at, at_ns)
            if done > 0:
                self._clear_away()
            r.failed = 0
            if done == 0:
                self._unsaid = None
                return events if events else None
            if done < 0:
                raise MemoryError("no memory for the events of timers; free some and advance again")

    cdef int _clear_away(self) except -1:
        """Agents whose removal was waiting for their last contact are gone now."""
        cdef uint32_t agent
        self.r.paused = 0
        for agent in range(1, self.r.agent_pool.used):
            if self.r.agents[agent].type and not self.r.agents[agent].exists:
                self._forget_agent(self._agent_ids[agent])
        return 0

    cdef tuple _finish(self, int64_t at, object at_ns):
        """Match, then hand over the events of the command."""
        cdef Router* r = self.r
        cdef tuple events
        cdef object event
        cdef uint32_t i, n
        if r.paused:
            r.failed |= HALF_WAY
            self._clear_away()
        if is_unsettled(r):
            if settle(r) < 0:
                r.failed |= BROKEN
        if r.failed & BROKEN:
            raise MemoryError("memory ran out half way through a step; restore from the journal")
        r.failed = HALF_WAY
        n = r.n_events
        events = PyTuple_New(n)
        for i in range(n):
            event = self._event(&r.events[i], at, at_ns)
            Py_INCREF(event)
            PyTuple_SET_ITEM(events, i, event)
        r.n_events = 0
        if self._objects:
            self._objects.clear()
        r.failed = 0
        return events

    cdef int _collect_into(self, list events, int64_t at, object at_ns) except -1:
        cdef uint32_t i
        for i in range(self.r.n_events):
            events.append(self._event(&self.r.events[i], at, at_ns))
        self.r.n_events = 0
        return 0

    cdef object _event(self, EventRec* ev, int64_t at, object at_ns):
        """The object for an event record; also keeps what only Python knows (ended contacts, reasons) in step."""
        cdef uint32_t kind = ev.kind
        cdef object when = at_ns if ev.at == at else <object>ev.at
        cdef Entry entry = <Entry>self._entries[ev.contact] if ev.contact else None
        cdef object contact = entry.id if ev.contact else None
        cdef object agent = <object>self.r.agents[ev.agent].id if ev.agent else None
        cdef object queue = self._queue_ids[ev.queue]
        cdef object n1, n2
        cdef PyObject* fields[6]
        fields[0] = <PyObject*>when
        fields[1] = <PyObject*>contact
        fields[2] = <PyObject*>agent
        fields[3] = <PyObject*>queue
        if kind == EV_CONTACT_ENQUEUED:
            fields[2] = huntgroup_at(<PyObject*>entry.command, ENQUEUE_QUEUES)
            fields[3] = huntgroup_at(<PyObject*>entry.command, ENQUEUE_CHANNEL)
            fields[4] = huntgroup_at(<PyObject*>entry.command, ENQUEUE_PRIORITY)
            return huntgroup_make(&ENQUEUED, fields)
        if kind == EV_CONTACT_OFFERED or kind == EV_OFFER_ACCEPTED:
            n1 = ev.n1
            n2 = ev.n2
            fields[4] = <PyObject*>n1
            fields[5] = <PyObject*>n2
            if kind == EV_CONTACT_OFFERED:
                return huntgroup_make(&OFFERED, fields)
            return huntgroup_make(&ACCEPTED, fields)
        if kind == EV_CONTACT_ENDED:
            self._remember_end(entry)
            fields[2] = <PyObject*>OUTCOMES[ev.cause]
            fields[3] = <PyObject*>(queue if ev.queue else "")
            fields[4] = <PyObject*>(agent if ev.agent else "")
            return huntgroup_make(&ENDED, fields)
        if kind == EV_WRAP_UP_STARTED or kind == EV_WRAP_UP_ENDED:
            fields[1] = <PyObject*>agent
            fields[2] = <PyObject*>contact
            if kind == EV_WRAP_UP_ENDED:
                return huntgroup_make(&FINISHED, fields)
            n1 = ev.n1
            fields[3] = <PyObject*>n1
            return huntgroup_make(&STARTED, fields)
        if kind == EV_OFFER_MISSED:
            return OfferMissed(when, contact, agent, queue, ev.n1, ev.n2)
        if kind == EV_OFFER_REJECTED:
            n1 = ev.n1
            fields[4] = <PyObject*>n1
            return huntgroup_make(&REJECTED, fields)
        if kind == EV_OFFER_FAILED:
            return OfferFailed(when, contact, agent, queue, ev.n1, CAUSES[ev.cause])
        if kind == EV_OFFER_WITHDRAWN:
            return OfferWithdrawn(when, contact, agent, queue, ev.n1, CAUSES[ev.cause])
        if kind == EV_STEP_REACHED:
            return StepReached(when, contact, queue, ev.cause)
        if kind == EV_SPILL_REACHED:
            return SpillReached(when, contact, queue, ev.cause)
        if kind == EV_RESERVE_CHANGED:
            return ReserveChanged(when, queue, ev.cause, ev.n1 != 0)
        if kind == EV_AGENT_RESERVED:
            return AgentReserved(when, contact, agent, queue)
        if kind == EV_RESERVATION_ENDED:
            return ReservationEnded(when, contact, agent)
        if kind == EV_CONTACT_OVERFLOWED:
            return ContactOverflowed(when, contact, queue, CAUSES[ev.cause], TARGETS[ev.n1],
                                     self._queue_ids[ev.to] if ev.to else "")
        if kind == EV_CONTACT_REQUEUED:
            return ContactRequeued(when, contact, self._tuple, agent if ev.agent else "", ev.cause != 0)
        if kind == EV_AGENT_READY:
            fields[1] = <PyObject*>agent
            return huntgroup_make(&READY, fields)
        if kind == EV_AGENT_NOT_READY:
            if ev.cause:
                self._agent_reasons[ev.agent] = "missed_offers"
            n1 = self._agent_reasons[ev.agent]
            fields[1] = <PyObject*>agent
            fields[2] = <PyObject*>n1
            return huntgroup_make(&NOT_READY, fields)
        if kind == EV_AGENT_LOGGED_IN:
            n1 = ev.cause != 0
            n2 = self._agent_reasons[ev.agent]
            fields[1] = <PyObject*>agent
            fields[2] = <PyObject*>n1
            fields[3] = <PyObject*>n2
            return huntgroup_make(&LOGGED_IN, fields)
        if kind == EV_AGENT_LOGGED_OUT:
            return AgentLoggedOut(when, agent)
        if kind == EV_LOG_OUT_PENDING:
            return LogOutPending(when, agent)
        if kind == EV_DEVICE_REPORTED:
            return DeviceReported(when, agent, DEVICES[ev.cause])
        if kind == EV_HANDLING_TIME_EXCEEDED:
            return HandlingTimeExceeded(when, contact, agent)
        if kind == EV_QUEUE_OPENED:
            return QueueOpened(when, queue)
        if kind == EV_QUEUE_CLOSED:
            return QueueClosed(when, queue)
        if kind == EV_AGENT_REMOVED:
            return AgentChanged(when, agent, "removed")
        return self._objects[ev.n2]

    cdef int _remember_end(self, Entry entry) except -1:
        """An ended contact's id stays known for a while, with the command that made it."""
        cdef Py_ssize_t place = self._ended_next
        cdef Entry old
        entry.slot = 0
        if not self._ended:
            PyDict_DelItem(self._contacts, entry.id)
            return 0
        old = <Entry>self._ended[place]
        if old is not None:
            PyDict_DelItem(self._contacts, old.id)
        self._ended[place] = entry
        place += 1
        self._ended_next = 0 if place == len(self._ended) else place
        return 0

    cdef int _remember_request(self, str request_id, tuple events) except -1:
        cdef Py_ssize_t limit = self._limits.remembered_requests
        if limit == 0:
            return 0
        self._requests[request_id] = (self.r.revision - len(events), events)
        while len(self._requests) > limit:
            self._requests.popitem(last=False)
        return 0

    cdef int _emit_object(self, object event, uint64_t hash) except -1:
        cdef EventRec* ev
        if reserve(self.r) < 0:
            raise MemoryError
        ev = emit(self.r, EV_OBJECT, 0, 0, 0, 0, <int64_t>hash, 0)
        ev.n2 = len(self._objects)
        self._objects.append(event)
        return 0

    cdef int _refuse(self, object command, object reason, object subject, str detail="") except -1:
        cdef str name = type(command).__name__
        cdef str text
        reason, subject = id_fault(command) or (reason, subject)
        text = str(subject)
        self._emit_object(_e.CommandRefused(self.r.now, name, reason, text, detail),
                          mix64(text_hash(name) ^ text_hash(str(reason.value))) ^ text_hash(text))
        return 0

    cdef int _do(self, int op, object command) except -1:
        cdef Router* r = self.r
        if reserve_command(r) < 0:
            raise MemoryError("no memory for another command; nothing but the time has changed")
        if op == OP_ENQUEUE:
            return self._enqueue(command)
        if op == OP_ACCEPT:
            return self._offer(op, command, read(command, ACCEPT_CONTACT), read(command, ACCEPT_AGENT),
                               read(command, ACCEPT_OFFER))
        if op == OP_COMPLETE:
            return self._contact(op, command, read(command, COMPLETE_CONTACT))
        if op == OP_END_WRAP_UP:
            return self._end_wrap_up(command, read(command, END_AGENT), read(command, END_CONTACT))
        if op == OP_READY:
            return self._agent(op, command, read(command, READY_AGENT), True, "")
        if op == OP_NOT_READY:
            return self._agent(op, command, read(command, NOT_READY_AGENT), False, read(command, NOT_READY_REASON))
        if op == OP_LOG_IN:
            return self._agent(op, command, read(command, LOG_IN_AGENT), read(command, LOG_IN_READY),
                               read(command, LOG_IN_REASON))
        if op == OP_REJECT:
            return self._offer(op, command, read(command, REJECT_CONTACT), read(command, REJECT_AGENT),
                               read(command, REJECT_OFFER))
        if op == OP_ABANDON:
            return self._contact(op, command, read(command, ABANDON_CONTACT))
        if op == OP_FAIL or op == OP_WITHDRAW:
            return self._offer(op, command, command.contact, command.agent, command.offer)
        if op == OP_CANCEL:
            return self._contact(op, command, command.contact)
        if op == OP_REQUEUE:
            return self._requeue(command)
        if op == OP_UPDATE:
            return self._update(command)
        if op == OP_ESTIMATE:
            return self._publish_estimate(command)
        if op == OP_OPEN or op == OP_CLOSE:
            return self._open_or_close(op, command)
        if op == OP_RESET:
            return self._reset(command)
        if op == OP_CONFIGURE:
            try:
                self._configure(command)
            except BaseException:
                if not self._untouched:
                    r.failed |= BROKEN  # half way, by a signal perhaps: nothing may follow
                self._untouched = False
                raise
            return 0
        return self._agent(op, command, command.agent, False, "")

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
        cdef uint64_t queues_hash = 0
        cdef ContactRec* c
        cdef PyObject* found
        if not 0 < PyUnicode_GET_LENGTH(contact) <= ID_CHARS:
            return self._refuse(command, Reason.ID_EMPTY, contact)
        found = PyDict_GetItemWithError(self._contacts, contact)
        if found != NULL:
            return self._refuse_known(command, contact, <Entry>found)
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
        if r.n_contacts >= self._limit_contacts:
            return self._refuse(command, Reason.CONTACTS_LIMIT, contact)
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
        emit(r, EV_CONTACT_ENQUEUED, 0, slot, slots[0], r.shapes[shape].channel, priority, <int64_t>queues_hash)
        for i in range(n):
            if i == 0 or visit_in(r, slot, slots[i]) == 0:
                contact_enter(r, slot, slots[i], c.enqueued, c.seq)
        contact_wait(r, slot)
        return 0

    cdef int _prefer(self, uint32_t contact, tuple preferred, int64_t wait) except -1:
        """Look up whom a new contact prefers; room has been made."""
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
            r.contacts[contact].prefer_until = r.contacts[contact].enqueued + wait
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
            attributes = {name: value for name, value in attributes.items() if value}
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

    cdef int _refuse_known(self, object command, str contact, Entry known) except -1:
        other = known.command
        if other == command:
            return self._refuse(command, Reason.ALREADY_SO, contact)
        for name in command.__struct_fields__:
            if getattr(other, name) != getattr(command, name):
                break
        return self._refuse(command, Reason.EXISTS_WITH_DIFFERENT, contact, f"exists with a different {name}")

    cdef int _refuse_queue(self, object command, object queue) except -1:
        return self._refuse(command, Reason.UNKNOWN_QUEUE, queue)

    cdef bint _refuse_queues(self, object command, tuple queues) except -1:
        """Refuse too many queues or one named twice."""
        if len(queues) > self._limits.queues_per_contact:
            self._refuse(command, Reason.TOO_MANY_QUEUES, len(queues))
            return True
        for i, queue in enumerate(queues):
            if queue in queues[:i]:
                self._refuse(command, Reason.DUPLICATE_QUEUE, queue)
                return True
        return False

    cdef bint _refuse_attributes(self, object command, dict attributes) except -1:
        cdef Py_ssize_t size = 0
        if len(attributes) > self._limits.attributes:
            self._refuse(command, Reason.TOO_MANY_ATTRIBUTES, len(attributes))
            return True
        for key, value in attributes.items():
            size += len((<str>key).encode()) + len((<str>value).encode())
        if size > self._limits.attribute_bytes:
            self._refuse(command, Reason.ATTRIBUTES_TOO_LARGE, size)
            return True
        return False

    cdef object _steps_key(self, object command, str requirement, tuple steps):
        """The canonical form of a contact's own steps; None when they were refused."""
        cdef int64_t before = -1
        if requirement:
            key = ((requirement, 0, "", ""),)
            if key not in self._approved and self._refuse_expression(command, requirement):
                return None
            self._approved.add(key)
            if steps:
                self._refuse(command, Reason.BAD_STEPS, command.contact, "give either requirement or steps, not both")
                return None
            return key
        if len(steps) > self._limits.steps:
            self._refuse(command, Reason.BAD_STEPS, command.contact,
                         f"{len(steps)} steps are more than limits.steps = {self._limits.steps}")
            return None
        for step in steps:
            if (before < 0 and step.after_ns != 0) or step.after_ns <= before:
                self._refuse(command, Reason.BAD_STEPS, command.contact,
                             f"age {step.after_ns} ns after {before} ns; steps start at age 0 and ages increase")
                return None
            before = step.after_ns
        if steps and steps[0].when:
            self._refuse(command, Reason.BAD_STEPS, command.contact, "the first step takes no condition")
            return None
        key = steps_key(steps)
        if key not in self._approved:
            for expression, _, when, score in key:
                if self._refuse_expression(command, expression) or self._refuse_score(command, score) \
                        or self._refuse_condition(command, when):
                    return None
            self._approved.add(key)
        return key

    cdef bint _refuse_score(self, object command, str score) except -1:
        """Refuse a score that does not parse or names a skill that nobody has declared."""
        if not score:
            return False
        try:
            scored = compile_score(score, self._limits.expression_terms)
        except ExpressionError as error:
            self._refuse(command, Reason.BAD_REQUIREMENT, score, str(error))
            return True
        return self._refuse_skills(command, [skill for skill, _ in scored])

    cdef bint _refuse_condition(self, object command, str when) except -1:
        """Refuse a condition of a contact's own that does not parse or names a group."""
        if not when:
            return False
        try:
            groups = compile_condition(when, self._limits.expression_terms).groups
        except ExpressionError as error:
            self._refuse(command, Reason.BAD_STEPS, command.contact, str(error))
            return True
        if groups:
            self._refuse(command, Reason.BAD_STEPS, command.contact, "conditions of a contact's own name no groups")
        return bool(groups)

    cdef bint _refuse_expression(self, object command, str expression) except -1:
        """Refuse an expression that does not parse or names a skill that nobody has declared."""
        try:
            compiled = compile_requirement(expression, self._limits.expression_terms)
        except ExpressionError as error:
            self._refuse(command, Reason.BAD_REQUIREMENT, expression, str(error))
            return True
        return self._refuse_skills(command, compiled.names)

    cdef bint _refuse_skills(self, object command, object names) except -1:
        for name in names:
            if name not in self._declared:
                self._refuse(command, Reason.UNKNOWN_SKILL, name,
                             f"skill {name!r} is not declared{suggest(name, self._declared)}")
                return True
        return False

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
        for i in range(len(queues)):
            slots[i] = self._queues[queues[i]]
            queues_hash = mix64(queues_hash ^ r.queues[slots[i]].id_hash)
        self._tuple = queues
        contact_requeue(r, slot, slots, <uint32_t>len(queues), command.keep_age, queues_hash)
        return 0

    # Agents

    cdef int _end_wrap_up(self, object command, str agent, str contact) except -1:
        cdef Router* r = self.r
        cdef PyObject* found = PyDict_GetItemWithError(self._agents, agent)
        cdef uint32_t slot, after
        cdef bint any = False
        if found == NULL:
            return self._refuse(command, Reason.UNKNOWN_AGENT, agent)
        slot = r.agents[<uint32_t><object>found].segments
        while slot:
            after = r.segments[slot].next
            if r.segments[slot].state == SEGMENT_WRAP_UP \
                    and (contact == "" or (<Entry>self._entries[r.segments[slot].contact]).id == contact):
                any = True
                if reserve(r) < 0:
                    r.failed |= BROKEN
                    return 0
                wrap_up_end(r, slot)
            slot = after
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
            agent_log_in(r, slot, ready, 0 if ready else text_hash(reason))
            return 0
        if not a.logged_in:
            return self._refuse(command, Reason.AGENT_LOGGED_OUT, agent)
        if op == OP_LOG_OUT:
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
            agent_set_not_ready(r, slot, text_hash(reason))
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
