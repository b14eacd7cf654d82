# Objects at the border: how commands are read, what is misuse, and how the events of every call are made.

cdef tuple CAUSES = (
    "agent_not_ready", "agent_logged_out", "device_unreachable", "withdrawn", "abandoned", "cancelled", "requeued",
    "queue_closed", "queue_removed", "closed", "length", "no_agent", "max_wait", "overflow_limit", "busy",
    "unreachable", "trunk_error", "answered_elsewhere", "timed_out", "overflowed", "split", "condition",
    "resumed", "lost", "no_answer",
)
cdef tuple TARGETS = ("queue", "voicemail", "callback", "disconnect")
cdef tuple DEVICES = ("available", "in_use", "unreachable")
cdef tuple STRATEGIES = (
    "longest_idle", "fewest_contacts", "round_robin", "linear", "most_skilled", "least_skilled", "random",
    "least_occupied", "weighted", "percent_allocation", "ring_all", "ring_n",
)
cdef tuple ORDERINGS = ("priority_age", "fifo", "service_objective", "deadline")
cdef tuple OUTCOMES = (
    _e.Outcome.HANDLED, _e.Outcome.ABANDONED, _e.Outcome.DIVERTED, _e.Outcome.REJECTED, _e.Outcome.CANCELLED,
    _e.Outcome.LOST, _e.Outcome.MERGED,
)
cdef int64_t LONGEST = _u.MAX_DURATION_NS
cdef dict FAIL_CAUSES = {"busy": CAUSE_BUSY, "unreachable": CAUSE_UNREACHABLE, "trunk_error": CAUSE_TRUNK_ERROR,
                         "no_answer": CAUSE_NO_ANSWER}
cdef object Reason = _e.Reason
cdef object LiveCall = _c.LiveCall

cdef object AgentLoggedOut = _e.AgentLoggedOut
cdef object LogOutPending = _e.LogOutPending
cdef object AgentChanged = _e.AgentChanged
cdef object DeviceReported = _e.DeviceReported
cdef object OfferMissed = _e.OfferMissed
cdef object OfferFailed = _e.OfferFailed
cdef object OfferWithdrawn = _e.OfferWithdrawn
cdef object StepReached = _e.StepReached
cdef object SpillReached = _e.SpillReached
cdef object ReserveChanged = _e.ReserveChanged
cdef object AgentReserved = _e.AgentReserved
cdef object ReservationEnded = _e.ReservationEnded
cdef object ContactOverflowed = _e.ContactOverflowed
cdef object ContactRequeued = _e.ContactRequeued
cdef object ContactPlaced = _e.ContactPlaced
cdef object ContactHeld = _e.ContactHeld
cdef object ContactRetrieved = _e.ContactRetrieved
cdef object NotReadyTimeExceeded = _e.NotReadyTimeExceeded
cdef object HandlingTimeExceeded = _e.HandlingTimeExceeded
cdef object QueueOpened = _e.QueueOpened
cdef object QueueClosed = _e.QueueClosed

cdef enum Op:
    OP_ENQUEUE = 1
    OP_ACCEPT
    OP_COMPLETE
    OP_END_WRAP_UP
    OP_ABANDON
    OP_REJECT
    OP_FAIL
    OP_WITHDRAW
    OP_CANCEL
    OP_REQUEUE
    OP_UPDATE
    OP_ESTIMATE
    OP_SYNC
    OP_RESUME
    OP_LOG_IN
    OP_LOG_OUT
    OP_READY
    OP_NOT_READY
    OP_DEVICE
    OP_OPEN
    OP_CLOSE
    OP_RESET
    OP_DIAL
    OP_PROGRESS
    OP_END_ATTEMPT
    OP_HOLD
    OP_RETRIEVE
    OP_PLACE
    OP_JOIN
    OP_PART
    OP_HAND_OVER
    OP_REMARK
    OP_CONFIGURE           # every command that edits the configuration: Engine's business

cdef dict OPS = {
    _c.EnqueueContact: OP_ENQUEUE, _c.AcceptOffer: OP_ACCEPT, _c.CompleteContact: OP_COMPLETE,
    _c.EndWrapUp: OP_END_WRAP_UP, _c.AbandonContact: OP_ABANDON, _c.RejectOffer: OP_REJECT, _c.FailOffer: OP_FAIL,
    _c.WithdrawOffer: OP_WITHDRAW, _c.UpdateContact: OP_UPDATE, _c.PublishEstimate: OP_ESTIMATE,
    _c.CancelContact: OP_CANCEL, _c.RequeueContact: OP_REQUEUE, _c.SyncCalls: OP_SYNC, _c.Resume: OP_RESUME,
    _c.LogIn: OP_LOG_IN,
    _c.LogOut: OP_LOG_OUT, _c.SetReady: OP_READY, _c.SetNotReady: OP_NOT_READY, _c.ReportDevice: OP_DEVICE,
    _c.OpenQueue: OP_OPEN, _c.CloseQueue: OP_CLOSE, _c.ResetCounts: OP_RESET, _c.PutSkill: OP_CONFIGURE,
    _c.RemoveSkill: OP_CONFIGURE, _c.PutGroup: OP_CONFIGURE, _c.RemoveGroup: OP_CONFIGURE, _c.PutAgent: OP_CONFIGURE,
    _c.SetSkills: OP_CONFIGURE, _c.RemoveAgent: OP_CONFIGURE, _c.PutQueue: OP_CONFIGURE,
    _c.RemoveQueue: OP_CONFIGURE, _c.Configure: OP_CONFIGURE,
    _c.RequestDial: OP_DIAL, _c.ReportAttempt: OP_PROGRESS, _c.EndAttempt: OP_END_ATTEMPT,
    _c.HoldContact: OP_HOLD, _c.RetrieveContact: OP_RETRIEVE, _c.PlaceContact: OP_PLACE, _c.JoinLeg: OP_JOIN,
    _c.PartLeg: OP_PART, _c.HandOver: OP_HAND_OVER, _c.Remark: OP_REMARK,
}


cdef Layout layout_of(object event) except *:
    """Where an event keeps its fields, once it is proved that filling them makes an equal event."""
    cdef Layout layout
    cdef PyObject* values[8]
    cdef tuple sample = tuple([f"{name} of a sample" for name in event.__struct_fields__])
    cdef int i
    layout.type = <PyTypeObject*>event
    layout.n = len(sample)
    for i in range(layout.n):
        layout.at[i] = slot_of(event, event.__struct_fields__[i])
        values[i] = <PyObject*>sample[i]
    if huntgroup_make(&layout, values) != event(*sample):
        raise InternalError(f"{event.__name__} has more to it than its fields; this msgspec is not supported")
    return layout


# The events of every call are made by filling their fields; the rest by calling their type.
cdef Layout ENQUEUED = layout_of(_e.ContactEnqueued)
cdef Layout OFFERED = layout_of(_e.ContactOffered)
cdef Layout ACCEPTED = layout_of(_e.OfferAccepted)
cdef Layout ENDED = layout_of(_e.ContactEnded)
cdef Layout STARTED = layout_of(_e.WrapUpStarted)
cdef Layout FINISHED = layout_of(_e.WrapUpEnded)
cdef Layout READY = layout_of(_e.AgentReady)
cdef Layout NOT_READY = layout_of(_e.AgentNotReady)
cdef Layout LOGGED_IN = layout_of(_e.AgentLoggedIn)
cdef Layout REJECTED = layout_of(_e.OfferRejected)

cdef Py_ssize_t ENQUEUE_CONTACT = slot_of(_c.EnqueueContact, "contact")
cdef Py_ssize_t ENQUEUE_QUEUES = slot_of(_c.EnqueueContact, "queues")
cdef Py_ssize_t ENQUEUE_CHANNEL = slot_of(_c.EnqueueContact, "channel")
cdef Py_ssize_t ENQUEUE_PRIORITY = slot_of(_c.EnqueueContact, "priority")
cdef Py_ssize_t ENQUEUE_REQUIREMENT = slot_of(_c.EnqueueContact, "requirement")
cdef Py_ssize_t ENQUEUE_STEPS = slot_of(_c.EnqueueContact, "steps")
cdef Py_ssize_t ENQUEUE_CREDIT = slot_of(_c.EnqueueContact, "credit_ns")
cdef Py_ssize_t ENQUEUE_LOAD = slot_of(_c.EnqueueContact, "load")
cdef Py_ssize_t ENQUEUE_CUSTOMER = slot_of(_c.EnqueueContact, "customer")
cdef Py_ssize_t ENQUEUE_ATTRIBUTES = slot_of(_c.EnqueueContact, "attributes")
cdef Py_ssize_t ENQUEUE_DUE = slot_of(_c.EnqueueContact, "due_ns")
cdef Py_ssize_t ENQUEUE_PREFERRED = slot_of(_c.EnqueueContact, "preferred")
cdef Py_ssize_t ENQUEUE_PREFER = slot_of(_c.EnqueueContact, "prefer_ns")
cdef Py_ssize_t ENQUEUE_FRONT_END = slot_of(_c.EnqueueContact, "front_end")
cdef Py_ssize_t ENQUEUE_PARENT = slot_of(_c.EnqueueContact, "parent")
cdef Py_ssize_t ENQUEUE_DIRECTION = slot_of(_c.EnqueueContact, "direction")
cdef Py_ssize_t ACCEPT_CONTACT = slot_of(_c.AcceptOffer, "contact")
cdef Py_ssize_t ACCEPT_AGENT = slot_of(_c.AcceptOffer, "agent")
cdef Py_ssize_t ACCEPT_OFFER = slot_of(_c.AcceptOffer, "offer")
cdef Py_ssize_t COMPLETE_CONTACT = slot_of(_c.CompleteContact, "contact")
cdef Py_ssize_t ABANDON_CONTACT = slot_of(_c.AbandonContact, "contact")
cdef Py_ssize_t REJECT_CONTACT = slot_of(_c.RejectOffer, "contact")
cdef Py_ssize_t REJECT_AGENT = slot_of(_c.RejectOffer, "agent")
cdef Py_ssize_t REJECT_OFFER = slot_of(_c.RejectOffer, "offer")
cdef Py_ssize_t FAIL_CONTACT = slot_of(_c.FailOffer, "contact")
cdef Py_ssize_t FAIL_AGENT = slot_of(_c.FailOffer, "agent")
cdef Py_ssize_t FAIL_CAUSE = slot_of(_c.FailOffer, "cause")
cdef Py_ssize_t FAIL_OFFER = slot_of(_c.FailOffer, "offer")
cdef Py_ssize_t CANCEL_CONTACT = slot_of(_c.CancelContact, "contact")
cdef Py_ssize_t CANCEL_REASON = slot_of(_c.CancelContact, "reason")
cdef Py_ssize_t READY_AGENT = slot_of(_c.SetReady, "agent")
cdef Py_ssize_t NOT_READY_AGENT = slot_of(_c.SetNotReady, "agent")
cdef Py_ssize_t NOT_READY_REASON = slot_of(_c.SetNotReady, "reason")
cdef Py_ssize_t LOG_IN_AGENT = slot_of(_c.LogIn, "agent")
cdef Py_ssize_t LOG_IN_READY = slot_of(_c.LogIn, "ready")
cdef Py_ssize_t LOG_IN_REASON = slot_of(_c.LogIn, "reason")
cdef Py_ssize_t END_AGENT = slot_of(_c.EndWrapUp, "agent")
cdef Py_ssize_t END_CONTACT = slot_of(_c.EndWrapUp, "contact")


cdef object ENQUEUE = _c.EnqueueContact
cdef object ACCEPT = _c.AcceptOffer
cdef object COMPLETE = _c.CompleteContact
cdef object END = _c.EndWrapUp


cdef inline int op_of(object command) except -1:
    """The number of the command's kind; the commands of every call are found without a look-up."""
    cdef object kind = type(command)
    if kind is ENQUEUE:
        return OP_ENQUEUE
    if kind is ACCEPT:
        return OP_ACCEPT
    if kind is COMPLETE:
        return OP_COMPLETE
    if kind is END:
        return OP_END_WRAP_UP
    return op_of_rare(command, kind)


cdef int op_of_rare(object command, object kind) except -1:
    cdef PyObject* found = PyDict_GetItemWithError(OPS, kind)
    if found == NULL:
        raise UsageError(f"{command!r} is no command; pass one of the structs of routing.commands")
    return <object>found


cdef tuple steps_key(object steps):
    """Steps as they are interned."""
    return tuple([(step.expression, step.after_ns, step.when, step.score) for step in steps])


cdef object misuse(object command, str name, object value, str rule):
    return UsageError(f"{type(command).__name__}.{name}: {value!r} {rule}")


cdef inline int want_str(object command, str name, object value) except -1:
    if type(value) is not str:
        raise misuse(command, name, value, f"is {type(value).__name__}, not str; pass a string")
    return 0


cdef inline int want_text(object command, str name, object value) except -1:
    if type(value) is str and PyUnicode_IS_COMPACT_ASCII(value):
        return 0
    return want_other_text(command, name, value)


cdef int want_other_text(object command, str name, object value) except -1:
    cdef Py_ssize_t size
    want_str(command, name, value)
    try:
        PyUnicode_AsUTF8AndSize(value, &size)
    except UnicodeEncodeError:
        raise misuse(command, name, value, "holds a lone surrogate; pass text that can be written as UTF-8") from None
    return 0


cdef inline int64_t want_int(object command, str name, object value) except? -1:
    cdef int overflow = 0
    cdef int64_t number
    if type(value) is not int:
        raise misuse(command, name, value, f"is {type(value).__name__}, not int; pass an integer")
    number = PyLong_AsLongLongAndOverflow(value, &overflow)
    if overflow:
        raise misuse(command, name, value, "is beyond 64 bits; pass a smaller integer")
    return number


cdef int want_bool(object command, str name, object value) except -1:
    if type(value) is not bool:
        raise misuse(command, name, value, f"is {type(value).__name__}, not bool; pass True or False")
    return 0


cdef int want_one_of(object command, str name, object value, object allowed) except -1:
    if type(value) is not str or value not in allowed:
        raise misuse(command, name, value, f"is none of {', '.join(allowed)}; pass one of them")
    return 0


cdef int want_ids(object command, str name, object value) except -1:
    if type(value) is not tuple:
        raise misuse(command, name, value, f"is {type(value).__name__}, not tuple; pass a tuple of strings")
    for item in value:
        want_text(command, name, item)
    return 0


cdef int want_steps(object command, str name, object value) except -1:
    if type(value) is not tuple:
        raise misuse(command, name, value, f"is {type(value).__name__}, not tuple; pass a tuple of Step")
    for item in value:
        if type(item) is not Step:
            raise misuse(command, name, item, "is not a Step; pass a tuple of Step")
        want_text(command, name + ".expression", item.expression)
        want_int(command, name + ".after_ns", item.after_ns)
        if not 0 <= item.after_ns <= LONGEST:
            raise misuse(command, name + ".after_ns", item.after_ns, f"is not in 0..{LONGEST} ns")
        want_text(command, name + ".when", item.when)
        want_text(command, name + ".score", item.score)
    return 0


cdef int want_preferred(object command, object value) except -1:
    if type(value) is not tuple:
        raise misuse(command, "preferred", value, f"is {type(value).__name__}, not tuple; pass a tuple of Preference")
    for item in value:
        if type(item) is not Preference:
            raise misuse(command, "preferred", item, "is not a Preference; pass a tuple of Preference")
        want_text(command, "preferred.agent", item.agent)
        want_int(command, "preferred.score", item.score)
        if not 0 <= item.score <= 1_000_000:
            raise misuse(command, "preferred.score", item.score, "is not in 0..1000000")
        want_bool(command, "preferred.direct", item.direct)
    return 0


cdef int want_live(object command, object value) except -1:
    if type(value) is not tuple:
        raise misuse(command, "live", value, f"is {type(value).__name__}, not tuple; pass a tuple of LiveCall")
    for item in value:
        if type(item) is not LiveCall:
            raise misuse(command, "live", item, "is not a LiveCall; pass a tuple of LiveCall")
        want_text(command, "live.contact", item.contact)
        want_text(command, "live.agent", item.agent)
    return 0


cdef int want_request_id(object command, object request_id) except -1:
    if type(request_id) is not str:
        raise UsageError(f"request_id {request_id!r} is {type(request_id).__name__}, not str; pass a string")
    if len(request_id) > ID_CHARS:
        raise UsageError(f"request_id has {len(request_id)} characters, more than {ID_CHARS}; shorten it")
    return want_text(command, "request_id", request_id)


cdef int want_attributes(object command, object attributes) except -1:
    if type(attributes) is not dict:
        raise misuse(command, "attributes", attributes, "is no dict; pass a dict of strings or None")
    for key, value in attributes.items():
        want_text(command, "attributes", key)
        want_text(command, "attributes", value)
    return 0


cdef bint may_lack_contact(object command) except -1:
    """A call-back may be promised to somebody of whom there is no contact."""
    return type(command) is _c.Remark and type(command.remark) is CallBack and command.contact == ""


cdef object id_fault(object command):
    """``(reason, subject)`` of an id that is empty or too long, or None.

    Such an id is never known, so a command with one is refused for something; this is what it is refused for.
    """
    cdef dict optional = {_c.EndWrapUp: "contact", _c.WithdrawOffer: "agent", _c.ResetCounts: "agent",
                          _c.HandOver: "leg"}
    cdef list ids
    if type(command) in (_c.RequestDial, _c.ReportAttempt, _c.EndAttempt):
        return label_fault(command)
    ids = [(name, getattr(command, name)) for name in ("contact", "leg", "agent", "queue", "skill", "group")
           if isinstance(getattr(command, name, None), str)]
    for name, value in ids:
        if value == "" and optional.get(type(command)) != name and not may_lack_contact(command):
            return Reason.ID_EMPTY, ""
    for name, value in ids:
        if len(value) > ID_CHARS:
            return Reason.ID_TOO_LONG, value
    for name in ("front_end", "parent"):
        value = getattr(command, name, "")
        if len(value) > ID_CHARS:
            return Reason.ID_TOO_LONG, value
    return None
