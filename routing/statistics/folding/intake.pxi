# Which event does what.

cdef enum:
    NOTHING                      # events that change no count
    ENQUEUED
    OFFERED
    ACCEPTED
    ENDED
    WRAP_STARTED
    WRAP_ENDED
    READY_AGAIN
    READY_NO_MORE
    OFFER_WITHDRAWN
    OFFER_MISSED
    OFFER_REJECTED
    OFFER_FAILED
    REQUEUED_AGAIN
    GIVEN_UP
    LOGGED_IN
    LOGGED_OUT
    TO_LOG_OUT
    DEVICE_SAID
    RESERVE_CHANGED
    AGENT_CHANGED
    QUEUE_CHANGED
    CONFIGURED
    PUT_IN_HAND
    PUT_ON_HOLD
    TAKEN_FROM_HOLD
    FROM_HAND_TO_HAND

cdef dict KINDS = {
    _e.ContactEnqueued: ENQUEUED, _e.ContactOffered: OFFERED, _e.OfferAccepted: ACCEPTED, _e.ContactEnded: ENDED,
    _e.WrapUpStarted: WRAP_STARTED, _e.WrapUpEnded: WRAP_ENDED, _e.AgentReady: READY_AGAIN,
    _e.AgentNotReady: READY_NO_MORE, _e.OfferWithdrawn: OFFER_WITHDRAWN, _e.OfferMissed: OFFER_MISSED,
    _e.OfferRejected: OFFER_REJECTED, _e.OfferFailed: OFFER_FAILED, _e.ContactRequeued: REQUEUED_AGAIN,
    _e.ContactOverflowed: GIVEN_UP, _e.AgentLoggedIn: LOGGED_IN, _e.AgentLoggedOut: LOGGED_OUT,
    _e.LogOutPending: TO_LOG_OUT, _e.DeviceReported: DEVICE_SAID, _e.ReserveChanged: RESERVE_CHANGED,
    _e.AgentChanged: AGENT_CHANGED, _e.QueueChanged: QUEUE_CHANGED, _e.Configured: CONFIGURED,
    _e.ContactPlaced: PUT_IN_HAND, _e.ContactHeld: PUT_ON_HOLD, _e.ContactRetrieved: TAKEN_FROM_HOLD,
    _e.ContactHandedOver: FROM_HAND_TO_HAND,
}

cdef struct Kind:                # of an event, found by its type's address
    PyTypeObject* type
    Py_ssize_t at                # where it keeps its instant
    int number

cdef enum:
    PLACES = 512                 # for some forty types; nine bits

cdef Kind kinds[PLACES]
memset(kinds, 0, sizeof(kinds))


cdef inline Kind* kind_of(PyTypeObject* type) noexcept:
    """The place of a type; it has none when there is no event of it."""
    cdef size_t i = (<uint64_t><size_t>type * 0x9E3779B97F4A7C15ULL) >> 55
    while kinds[i].type != type and kinds[i].type != NULL:
        i = (i + 1) % PLACES
    return &kinds[i]


cdef int learn_kind(object event) except -1:
    cdef Kind* kind = kind_of(<PyTypeObject*>event)
    kind.type = <PyTypeObject*>event
    kind.at = slot_of(event, "at_ns")
    kind.number = KINDS.get(event, NOTHING)
    return 0


for _event in _e.Event.__args__:
    learn_kind(_event)

cdef Py_ssize_t ENQUEUED_CONTACT = slot_of(_e.ContactEnqueued, "contact")
cdef Py_ssize_t ENQUEUED_QUEUES = slot_of(_e.ContactEnqueued, "queues")
cdef Py_ssize_t ENQUEUED_CHANNEL = slot_of(_e.ContactEnqueued, "channel")
cdef Py_ssize_t ENQUEUED_PRIORITY = slot_of(_e.ContactEnqueued, "priority")
cdef Py_ssize_t ENQUEUED_DIRECTION = slot_of(_e.ContactEnqueued, "direction")
cdef Py_ssize_t ENQUEUED_PARENT = slot_of(_e.ContactEnqueued, "parent")
cdef Py_ssize_t OFFERED_CONTACT = slot_of(_e.ContactOffered, "contact")
cdef Py_ssize_t OFFERED_AGENT = slot_of(_e.ContactOffered, "agent")
cdef Py_ssize_t OFFERED_QUEUE = slot_of(_e.ContactOffered, "queue")
cdef Py_ssize_t OFFERED_OFFER = slot_of(_e.ContactOffered, "offer")
cdef Py_ssize_t ACCEPTED_CONTACT = slot_of(_e.OfferAccepted, "contact")
cdef Py_ssize_t ACCEPTED_OFFER = slot_of(_e.OfferAccepted, "offer")
cdef Py_ssize_t OFFER_REJECTED_CONTACT = slot_of(_e.OfferRejected, "contact")
cdef Py_ssize_t OFFER_REJECTED_OFFER = slot_of(_e.OfferRejected, "offer")
cdef Py_ssize_t OFFER_MISSED_CONTACT = slot_of(_e.OfferMissed, "contact")
cdef Py_ssize_t OFFER_MISSED_OFFER = slot_of(_e.OfferMissed, "offer")
cdef Py_ssize_t OFFER_FAILED_CONTACT = slot_of(_e.OfferFailed, "contact")
cdef Py_ssize_t OFFER_FAILED_OFFER = slot_of(_e.OfferFailed, "offer")
cdef Py_ssize_t OFFER_WITHDRAWN_CONTACT = slot_of(_e.OfferWithdrawn, "contact")
cdef Py_ssize_t OFFER_WITHDRAWN_OFFER = slot_of(_e.OfferWithdrawn, "offer")
cdef Py_ssize_t ENDED_CONTACT = slot_of(_e.ContactEnded, "contact")
cdef Py_ssize_t ENDED_OUTCOME = slot_of(_e.ContactEnded, "outcome")
cdef Py_ssize_t ENDED_QUEUE = slot_of(_e.ContactEnded, "queue")
cdef Py_ssize_t WRAP_STARTED_AGENT = slot_of(_e.WrapUpStarted, "agent")
cdef Py_ssize_t WRAP_STARTED_CONTACT = slot_of(_e.WrapUpStarted, "contact")
cdef Py_ssize_t WRAP_STARTED_UNTIL = slot_of(_e.WrapUpStarted, "until_ns")
cdef Py_ssize_t WRAP_ENDED_AGENT = slot_of(_e.WrapUpEnded, "agent")
cdef Py_ssize_t WRAP_ENDED_CONTACT = slot_of(_e.WrapUpEnded, "contact")
cdef Py_ssize_t WRAP_ENDED_OLDER = slot_of(_e.WrapUpEnded, "older")
cdef Py_ssize_t READY_AGENT = slot_of(_e.AgentReady, "agent")
cdef Py_ssize_t NOT_READY_AGENT = slot_of(_e.AgentNotReady, "agent")
cdef Py_ssize_t NOT_READY_REASON = slot_of(_e.AgentNotReady, "reason")


cdef inline int64_t number_at(PyObject* event, Py_ssize_t offset) except? -1:
    return <int64_t><object>huntgroup_at(event, offset)


@cython.no_gc
cdef class Fold(Saving):
    """Counts of everything that happens in one centre, event by event."""

    @cython.binding(False)
    @cython.always_allow_keywords(False)
    def fold(self, events):
        """Count events: what one or several calls of an engine returned, whole and in order. O(1) each."""
        cdef PyObject* seen = NULL
        cdef PyObject* at
        cdef Kind* found
        cdef int kind
        cdef PyObject* event
        cdef Py_ssize_t i
        cdef bint stands
        cdef tuple told = <tuple>events if type(events) is tuple else tuple(events)
        cdef Py_ssize_t size = PyTuple_GET_SIZE(told)
        for i in range(size):
            event = PyTuple_GET_ITEM(told, i)
            found = kind_of(event.ob_type)
            if found.type == NULL:
                raise UsageError(f"{<object>event!r} is no event; pass what an engine returned")
            at = huntgroup_at(event, found.at)
            if at != seen:
                seen = at
                self._move(<int64_t><object>at)
            kind = found.number
            if self.entering != NULL or self.closing != NULL:
                self._settle(kind, <object>event)
            if kind == OFFERED:
                self._offered(huntgroup_at(event, OFFERED_CONTACT), huntgroup_at(event, OFFERED_AGENT),
                              huntgroup_at(event, OFFERED_QUEUE), number_at(event, OFFERED_OFFER))
            elif kind == ENQUEUED:
                stands = True
                if i + 1 < size:
                    found = kind_of(PyTuple_GET_ITEM(told, i + 1).ob_type)
                    stands = found.number != GIVEN_UP and found.number != RESERVE_CHANGED
                self._enqueued(huntgroup_at(event, ENQUEUED_CONTACT), huntgroup_at(event, ENQUEUED_QUEUES),
                               huntgroup_at(event, ENQUEUED_CHANNEL), huntgroup_at(event, ENQUEUED_PRIORITY),
                               huntgroup_at(event, ENQUEUED_DIRECTION), huntgroup_at(event, ENQUEUED_PARENT), stands)
            elif kind == ACCEPTED:
                self._accepted(huntgroup_at(event, ACCEPTED_CONTACT), number_at(event, ACCEPTED_OFFER))
            elif kind == ENDED:
                self._ended(huntgroup_at(event, ENDED_CONTACT), huntgroup_at(event, ENDED_OUTCOME),
                            huntgroup_at(event, ENDED_QUEUE))
            elif kind == WRAP_STARTED:
                self._wrap_started(huntgroup_at(event, WRAP_STARTED_AGENT), huntgroup_at(event, WRAP_STARTED_CONTACT),
                                   number_at(event, WRAP_STARTED_UNTIL))
            elif kind == WRAP_ENDED:
                self._wrap_ended(huntgroup_at(event, WRAP_ENDED_AGENT), huntgroup_at(event, WRAP_ENDED_CONTACT),
                                 number_at(event, WRAP_ENDED_OLDER))
            elif kind == READY_AGAIN:
                self._set_ready(<str>huntgroup_at(event, READY_AGENT), True, "")
            elif kind == READY_NO_MORE:
                self._set_ready(<str>huntgroup_at(event, NOT_READY_AGENT), False,
                                <str>huntgroup_at(event, NOT_READY_REASON))
            elif kind == OFFER_WITHDRAWN:
                self._not_accepted(huntgroup_at(event, OFFER_WITHDRAWN_CONTACT),
                                   number_at(event, OFFER_WITHDRAWN_OFFER), OFFERS_WITHDRAWN, A_WITHDRAWN)
            elif kind == OFFER_MISSED:
                self._not_accepted(huntgroup_at(event, OFFER_MISSED_CONTACT), number_at(event, OFFER_MISSED_OFFER),
                                   OFFERS_MISSED, A_MISSED)
            elif kind == OFFER_REJECTED:
                self._not_accepted(huntgroup_at(event, OFFER_REJECTED_CONTACT), number_at(event, OFFER_REJECTED_OFFER),
                                   OFFERS_REJECTED, A_REJECTED)
            elif kind == OFFER_FAILED:
                self._not_accepted(huntgroup_at(event, OFFER_FAILED_CONTACT), number_at(event, OFFER_FAILED_OFFER),
                                   OFFERS_FAILED, A_FAILED)
            else:
                self._rare(kind, <object>event)
        if self.entering != NULL or self.closing != NULL or self.edited:
            self._at_rest()

    def advance(self, int64_t at_ns):
        """Say that nothing has happened until ``at_ns``, which closes intervals. O(queues + agents) for each."""
        self._move(at_ns)

    @cython.final
    cdef inline int _move(self, int64_t at) except -1:
        """The time of an event."""
        if at <= self.now:
            return 0
        if self.entering != NULL or self.closing != NULL:
            self._at_rest()
        if at >= self.end:
            self._close_until(at)
        self.now = at
        return 0

    @cython.final
    cdef int _settle(self, int kind, object event) except -1:
        """What the event before left open is settled, unless this event may belong to it."""
        if self.closing != NULL and kind != WRAP_STARTED:
            self._close_story()
        if self.entering == NULL or kind == GIVEN_UP or kind == RESERVE_CHANGED:
            return 0
        if self.left >= 0 and self._belongs(kind, event):
            return 0
        return self._stand()

    @cython.final
    cdef bint _belongs(self, int kind, object event) except -1:
        """Does the event tell what became of the agent from whose hands the contact came?"""
        if kind == WRAP_STARTED:
            return True
        if kind == LOGGED_OUT:
            return event.agent == self.agent_ids[self.left] and self.workers[self.left].leaving
        return kind == AGENT_CHANGED and event.agent == self.agent_ids[self.left] and event.change == "removed" \
            and not self.workers[self.left].logged_in

    @cython.final
    cdef int _close_story(self) except -1:
        """No wrap-up follows any more."""
        cdef Contact* closing = self.closing
        self._record_if_over(closing)
        self.closing = NULL
        release(&self.contact_pool, closing)
        return 0

    @cython.final
    cdef int _at_rest(self) except -1:
        """After the last event of a call nothing is open."""
        if self.closing != NULL:
            self._close_story()
        if self.entering != NULL:
            self._stand()
        if self.edited:
            self.edited = False
            self._reread()
        return 0

    def _reread(self):
        """Queues may have changed; whoever knows the configuration says how."""

    @cython.final
    cdef int _rare(self, int kind, object event) except -1:
        if kind == REQUEUED_AGAIN:
            self._requeued(event.contact, event.queues)
        elif kind == GIVEN_UP:
            self._overflowed(event.contact, event.queue, event.to, event.to_queue)
        elif kind == LOGGED_IN:
            self._logged_in(event.agent, event.ready, event.reason)
        elif kind == LOGGED_OUT:
            self._logged_out(event.agent)
        elif kind == TO_LOG_OUT:
            self._leaving(event.agent)
        elif kind == DEVICE_SAID:
            self._device(event.agent, event.state)
        elif kind == PUT_ON_HOLD or kind == TAKEN_FROM_HOLD:
            self._hold(event.contact, kind == PUT_ON_HOLD)
        elif kind == PUT_IN_HAND:
            self._placed(event.contact, event.agent, event.queue, event.channel, event.direction)
        elif kind == FROM_HAND_TO_HAND:
            self._handed_over(event.contact, event.to_agent)
        elif kind == AGENT_CHANGED:
            agent = event.agent
            self._worker(<PyObject*>agent)
            if self.stale is not None:
                self.stale.add(agent)
        elif kind == QUEUE_CHANGED:
            self._line(event.queue)
            self.edited = True
        elif kind == CONFIGURED:
            self.stale = None
            self.edited = True
        return 0
