# Attempts: one dial each, from the request to its end. They touch no contact and no agent; what rings or talks here
# does so at the front-end. An attempt on which nobody reports is lost at its time-out.


cdef tuple ATTEMPT_STATES = ("", "dialing", "ringing", "answered")
cdef tuple REPORTED = ("ringing", "answered")
cdef tuple ATTEMPT_OUTCOMES = (
    "person", "machine", "fax", "busy", "no_answer", "invalid", "congestion", "carrier_error", "cancelled", "lost",
)
cdef object AttemptEnded = _e.AttemptEnded


cdef uint32_t attempt_new(Router* r, uint64_t id_hash) noexcept nogil:
    """An attempt that is not timed yet; room has been reserved."""
    cdef uint32_t slot = pool_take(&r.attempt_pool, r.attempts, sizeof(AttemptRec))
    cdef AttemptRec* a = &r.attempts[slot]
    r.attempt_numbers += 1
    r.n_attempts += 1
    a.number = r.attempt_numbers
    a.id_hash = id_hash
    a.state = ATTEMPT_DIALING
    a.requested = r.now
    return slot


cdef void attempt_expect(Router* r, uint32_t attempt, int64_t until) noexcept nogil:
    """The attempt is lost then, or at the end of the grace after downtime."""
    cdef AttemptRec* a = &r.attempts[attempt]
    a.until = graced(r, until)
    a.timer = timer_arm(r, a.timer, a.until, TIMER_ATTEMPT, a.number, attempt)


cdef void attempt_gone(Router* r, uint32_t attempt) noexcept nogil:
    """Give back what an attempt has that ended."""
    r.attempts[attempt].timer = timer_drop(r, r.attempts[attempt].timer)
    r.n_attempts -= 1
    pool_give(&r.attempt_pool, r.attempts, sizeof(AttemptRec), attempt)


cdef void attempt_lose(Router* r, uint32_t attempt) noexcept nogil:
    """Nobody knows what became of it."""
    cdef AttemptRec* a = &r.attempts[attempt]
    cdef EventRec* ev = emit(r, EV_ATTEMPT_LOST, 0, 0, 0, 0, r.now - a.requested, <int64_t>a.id_hash)
    ev.to = attempt
    attempt_gone(r, attempt)


cdef int check_attempts(Router* r) noexcept nogil:
    cdef uint32_t i, living = 0
    cdef const AttemptRec* a
    for i in range(1, r.attempt_pool.used):
        a = &r.attempts[i]
        if a.state == ATTEMPT_FREE:
            continue
        living += 1
        if a.timer == 0 or r.timers[a.timer].owner != i or r.timers[a.timer].seq & TIMER_NUMBER != a.number:
            return 110
        if r.timers[a.timer].major != graced(r, a.until) or a.requested > r.now:
            return 111
    return 0 if living == r.n_attempts else 112


cdef object label_fault(object command):
    """``(reason, subject)`` of an id of an attempt that is empty, or of a label that is too long; or None."""
    cdef list labels = [getattr(command, name) for name in (
        "attempt", "campaign", "target", "carrier", "agent", "contact", "front_end", "cause")
        if hasattr(command, name)]
    if command.attempt == "" or getattr(command, "campaign", command.attempt) == "":
        return Reason.ID_EMPTY, ""
    for label in labels:
        if len(label) > ID_CHARS:
            return Reason.ID_TOO_LONG, label
    return None


cdef class Dialing(Refusals):
    """Commands about attempts."""

    cdef int _request_dial(self, object command) except -1:
        cdef Router* r = self.r
        cdef str attempt = command.attempt
        cdef uint32_t slot
        cdef int64_t until
        cdef uint64_t hash
        if label_fault(command) is not None:
            return self._refuse(command, Reason.ID_EMPTY, attempt)
        known = self._attempts.get(attempt)
        if known is not None:
            return self._refuse_known(command, attempt, <Entry>known)
        if not 1 <= command.ring_ns <= LONGEST:
            return self._refuse(command, Reason.RING_OUT_OF_RANGE, command.ring_ns)
        if command.attributes:
            if self._refuse_attributes(command, command.attributes):
                return 0
            command = replace(command, attributes=dict(command.attributes))  # the caller may change theirs
        if r.n_attempts >= self._limit_attempts:
            return self._refuse(command, Reason.ATTEMPTS_LIMIT, attempt)
        if reserve_records(&r.attempt_pool, <void**>&r.attempts, sizeof(AttemptRec), 1) < 0:
            raise MemoryError("no memory for another command; nothing but the time has changed")
        # From here on nothing can be refused.
        r.failed = HALF_WAY | (r.failed & BROKEN)
        slot = self._take_attempt(command)
        attempt_expect(r, slot, r.now + <int64_t>command.ring_ns + r.attempt_grace)
        until = r.attempts[slot].until
        hash = mix64(r.attempts[slot].id_hash ^ text_hash("DialRequested"))
        for label in (command.campaign, command.target, command.carrier, command.agent, command.contact,
                      command.front_end):
            hash = mix64(hash ^ text_hash(label))
        self._emit_object(_e.DialRequested(
            r.now, attempt, command.campaign, command.target, command.carrier, command.agent, command.contact,
            command.ring_ns, until, command.front_end), mix64(hash ^ <uint64_t>until))
        return 0

    cdef uint32_t _take_attempt(self, object command) except 0:
        """Begin an attempt and note its id; room has been reserved."""
        cdef uint32_t slot = attempt_new(self.r, text_hash(command.attempt))
        cdef Entry entry = Entry.__new__(Entry)
        entry.id = command.attempt
        entry.command = command
        entry.slot = slot
        if slot >= <uint32_t>len(self._attempt_entries):
            self._attempt_entries.extend([None] * (slot + 1 - len(self._attempt_entries)))
        self._attempt_entries[slot] = entry
        self._attempts[entry.id] = entry
        return slot

    cdef object _living_attempt(self, object command):
        """The entry of the attempt that the command names; None when that was refused."""
        cdef str attempt = command.attempt
        if label_fault(command) is not None:
            self._refuse(command, Reason.ID_EMPTY, attempt)
            return None
        known = self._attempts.get(attempt)
        if known is None:
            self._refuse(command, Reason.UNKNOWN_ATTEMPT, attempt)
            return None
        if (<Entry>known).slot == 0:
            self._refuse(command, Reason.ATTEMPT_ENDED, attempt)
            return None
        return known

    cdef int _report_attempt(self, object command) except -1:
        cdef Router* r = self.r
        cdef AttemptRec* a
        cdef uint8_t state = <uint8_t>ATTEMPT_STATES.index(command.state)
        cdef uint32_t slot
        known = self._living_attempt(command)
        if known is None:
            return 0
        slot = (<Entry>known).slot
        a = &r.attempts[slot]
        if a.state == state:
            return self._refuse(command, Reason.ALREADY_SO, command.attempt)
        if a.state > state:
            return self._refuse(command, Reason.ATTEMPT_ANSWERED, command.attempt)
        a.state = state
        if state == ATTEMPT_ANSWERED:
            attempt_expect(r, slot, r.now + r.attempt_grace)
        self._emit_object(
            _e.AttemptProgressed(r.now, command.attempt, (<Entry>known).command.campaign, command.state,
                                 r.now - a.requested),
            mix64(mix64(a.id_hash ^ text_hash("AttemptProgressed")) ^ <uint64_t>(r.now - a.requested) ^ state))
        return 0

    cdef int _end_attempt(self, object command) except -1:
        cdef Router* r = self.r
        cdef Entry entry
        cdef int64_t age
        cdef uint64_t hash
        known = self._living_attempt(command)
        if known is None:
            return 0
        entry = <Entry>known
        if command.outcome == "lost":
            return self._refuse(command, Reason.OUTCOME_RESERVED, command.outcome)
        if not 0 <= command.confidence <= 100:
            return self._refuse(command, Reason.CONFIDENCE_OUT_OF_RANGE, command.confidence)
        if not 0 <= command.detection_ns <= LONGEST:
            return self._refuse(command, Reason.DETECTION_OUT_OF_RANGE, command.detection_ns)
        age = r.now - r.attempts[entry.slot].requested
        hash = mix64(r.attempts[entry.slot].id_hash ^ text_hash("AttemptEnded"))
        hash = mix64(mix64(hash ^ text_hash(command.outcome)) ^ text_hash(command.cause))
        hash = mix64(mix64(hash ^ <uint64_t>command.confidence) ^ <uint64_t>command.detection_ns)
        self._emit_object(
            AttemptEnded(r.now, entry.id, entry.command.campaign, command.outcome, age, command.confidence,
                         command.detection_ns, command.cause), mix64(hash ^ <uint64_t>age))
        r.failed = HALF_WAY | (r.failed & BROKEN)
        attempt_gone(r, entry.slot)
        self._remember_attempt(entry)
        return 0

    cdef object _attempt_lost(self, EventRec* ev, object when):
        """The event of an attempt that was lost, and the note of its end."""
        cdef Entry entry = <Entry>self._attempt_entries[ev.to]
        self._remember_attempt(entry)
        return AttemptEnded(when, entry.id, entry.command.campaign, "lost", ev.n1, 0, 0, "")

    cdef int _remember_attempt(self, Entry entry) except -1:
        """An ended attempt's id stays known for a while, with the command that made it."""
        cdef Py_ssize_t place = self._past_next
        self._attempt_entries[entry.slot] = None
        entry.slot = 0
        if not self._past_attempts:
            del self._attempts[entry.id]
            return 0
        old = self._past_attempts[place]
        if old is not None:
            del self._attempts[(<Entry>old).id]
        self._past_attempts[place] = entry
        place += 1
        self._past_next = 0 if place == len(self._past_attempts) else place
        return 0

    cdef int _keep_past_attempts(self, Py_ssize_t n) except -1:
        """Remember so many ended attempts from now on."""
        cdef list known
        if len(self._past_attempts) == n:
            return 0
        known = self._attempts_remembered()
        for entry in known[:max(len(known) - n, 0)]:
            del self._attempts[(<Entry>entry).id]
        known = known[max(len(known) - n, 0):]
        self._past_next = len(known) % n if n else 0
        self._past_attempts = known + [None] * (n - len(known))
        return 0

    cdef list _attempts_remembered(self):
        """The entries of ended attempts, oldest first."""
        return [entry for entry in self._past_attempts[self._past_next:] + self._past_attempts[:self._past_next]
                if entry is not None]

    cdef list _attempts_in_order(self):
        """Slots of the attempts that go on, in the order of their numbers."""
        cdef Router* r = self.r
        cdef uint32_t i
        return slots_in_order([(<object>r.attempts[i].number << 32) | i for i in range(1, r.attempt_pool.used)
                               if r.attempts[i].state != ATTEMPT_FREE])
