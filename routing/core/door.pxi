# The door: commands in, events out. Owns the ids and everything else that is a Python object.


cdef class Door(Desk):
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

    def check(self, command, *, request_id=""):
        """Raise UsageError where `apply` would for misuse of the command or of the request id; change nothing.

        What passes is done by `apply` at any instant that it takes: for effect, or with a refusal. O(size of the
        command).

        Raises
        ------
        UsageError
            For misuse.
        """
        self._misuse(command)
        if request_id is not "":
            want_request_id(command, request_id)

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
            want_request_id(command, request_id)
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
            value = read(command, ENQUEUE_FRONT_END)
            if value is not "":
                want_text(command, "front_end", value)
            value = read(command, ENQUEUE_PARENT)
            if value is not "":
                want_text(command, "parent", value)
            value = read(command, ENQUEUE_DIRECTION)
            if value is not "inbound":
                want_one_of(command, "direction", value, DIRECTIONS)
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
        elif op == OP_FAIL:
            want_text(command, "contact", read(command, FAIL_CONTACT))
            want_text(command, "agent", read(command, FAIL_AGENT))
            want_one_of(command, "cause", read(command, FAIL_CAUSE), FAIL_CAUSES)
            want_int(command, "offer", read(command, FAIL_OFFER))
        elif op == OP_CANCEL:
            want_text(command, "contact", read(command, CANCEL_CONTACT))
            want_text(command, "reason", read(command, CANCEL_REASON))
        elif op == OP_LOG_IN:
            want_text(command, "agent", read(command, LOG_IN_AGENT))
            want_bool(command, "ready", read(command, LOG_IN_READY))
            want_text(command, "reason", read(command, LOG_IN_REASON))
        else:
            self._misuse_rare(op, command)
        return op

    cdef int _misuse_rare(self, int op, object command) except -1:
        if op == OP_CONFIGURE or op == OP_REMARK:
            self._misuse_configuration(command)
            return 0
        for name in command.__struct_fields__:
            value = getattr(command, name)
            if name == "offer":
                want_int(command, name, value)
            elif name == "ready" or name == "force":
                want_bool(command, name, value)
            elif name == "state":
                want_one_of(command, name, value, DEVICES if op == OP_DEVICE else REPORTED)
            elif name == "outcome":
                want_one_of(command, name, value, ATTEMPT_OUTCOMES)
            elif name == "confidence" or name == "ring_ns" or name == "detection_ns" or name == "prefer_ns":
                want_int(command, name, value)
            elif name == "queues" or name == "attempts":
                want_ids(command, name, value)
            elif name == "until_ns":
                want_int(command, name, value)
            elif name == "preferred":
                want_preferred(command, value)
            elif name == "direction":
                want_one_of(command, name, value, PLACED_DIRECTIONS)
            elif name == "live":
                want_live(command, value)
            elif name == "priority" or name == "credit_ns" or name == "due_ns" or name == "wait_ns" or name == "load":
                if value is not None:
                    want_int(command, name, value)
            elif name == "expedite" or name == "keep_age":
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
        """Engine's: find misuse in a command that edits the configuration, or in a remark."""

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
        cdef PyObject* fields[8]
        fields[0] = <PyObject*>when
        fields[1] = <PyObject*>contact
        fields[2] = <PyObject*>agent
        fields[3] = <PyObject*>queue
        if kind == EV_CONTACT_ENQUEUED:
            fields[2] = huntgroup_at(<PyObject*>entry.command, ENQUEUE_QUEUES)
            fields[3] = huntgroup_at(<PyObject*>entry.command, ENQUEUE_CHANNEL)
            fields[4] = huntgroup_at(<PyObject*>entry.command, ENQUEUE_PRIORITY)
            fields[5] = huntgroup_at(<PyObject*>entry.command, ENQUEUE_DIRECTION)
            fields[6] = huntgroup_at(<PyObject*>entry.command, ENQUEUE_PARENT)
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
            n1 = ev.n1
            fields[3] = <PyObject*>n1
            return huntgroup_make(&STARTED if kind == EV_WRAP_UP_STARTED else &FINISHED, fields)
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
            return ContactRequeued(when, contact, (self._queue_ids[ev.to],) if ev.to else self._tuple,
                                   agent if ev.agent else "", ev.cause != 0)
        if kind == EV_AGENT_READY:
            self._agent_reasons[ev.agent] = ""
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
        if kind == EV_ATTEMPT_LOST:
            return self._attempt_lost(ev, when)
        if kind == EV_HANDLING_TIME_EXCEEDED:
            return HandlingTimeExceeded(when, contact, agent)
        if kind == EV_CONTACT_PLACED:
            return ContactPlaced(when, contact, agent, queue, entry.command.channel, entry.command.direction)
        if kind == EV_CONTACT_HELD:
            return ContactHeld(when, contact, agent)
        if kind == EV_CONTACT_RETRIEVED:
            return ContactRetrieved(when, contact, agent, ev.n1)
        if kind == EV_NOT_READY_TIME_EXCEEDED:
            return NotReadyTimeExceeded(when, agent, self._agent_reasons[ev.agent])
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
        if op == OP_HOLD or op == OP_RETRIEVE:
            return self._hold(op, command)
        if op == OP_PLACE:
            return self._place(command)
        if op == OP_JOIN or op == OP_PART:
            return self._join(op, command)
        if op == OP_HAND_OVER:
            return self._hand_over(command)
        if op == OP_REMARK:
            return self._remark(command)
        if op == OP_DIAL:
            return self._request_dial(command)
        if op == OP_PROGRESS:
            return self._report_attempt(command)
        if op == OP_END_ATTEMPT:
            return self._end_attempt(command)
        if op == OP_SYNC:
            return self._sync(command)
        if op == OP_RESUME:
            return self._resume(command)
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
