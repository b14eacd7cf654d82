# The second door: a whole trace of calls runs inside the core, through the same transitions as `apply`.
#
# The driver plays the world: calls arrive, agents accept an offer at once and talk for the given time, callers lose
# patience. At equal instants: the engine's timers, completions by call, patience by call, arrivals by call.


cdef struct Template:      # what the calls of one kind have in common
    uint32_t shape
    uint32_t steps
    uint32_t n_queues
    int32_t priority
    int64_t credit
    uint64_t queues_hash
    uint32_t queues[64]


cdef int64_t LAST_INSTANT = _u.MAX_INSTANT_NS


cdef struct Happening:     # a completion (kind 0) or the end of patience (kind 1)
    int64_t due                # ns
    uint64_t order             # kind << 32 | call
    uint32_t contact


cdef struct Trace:
    const Template* templates
    const uint32_t* kind       # by call: which template
    const int64_t* arrival     # by call, ns, not decreasing
    const int64_t* service     # ns
    const int64_t* patience    # ns, -1 for ever
    uint8_t* outcome           # by call: OutcomeCode, 255 while it has none
    int64_t* wait              # ns from arrival to acceptance or end
    int32_t* agent             # place in the configured order, -1 for nobody
    uint32_t n
    uint32_t* call_of          # by contact slot
    uint32_t* place_of         # by contact slot: its place in the heap, 0 for none
    uint32_t cap
    Happening* heap            # what is to happen, a heap of four from place 1 on
    uint32_t n_heap


cdef int trace_room(Router* r, Trace* t) noexcept nogil:
    """Room for the driver's records of every contact slot."""
    cdef uint32_t want = r.contact_pool.cap
    if want <= t.cap:
        return 0
    if grow(<void**>&t.call_of, t.cap, want, sizeof(uint32_t)) < 0 \
            or grow(<void**>&t.place_of, t.cap, want, sizeof(uint32_t)) < 0 \
            or grow(<void**>&t.heap, t.cap, want + 1, sizeof(Happening)) < 0:
        return -1
    t.cap = want
    return 0


cdef inline bint sooner(const Happening* a, const Happening* b) noexcept nogil:
    return a.due < b.due or (a.due == b.due and a.order < b.order)


cdef void heap_settle(Trace* t, uint32_t place, Happening what) noexcept nogil:
    """Put something where there is a gap, and let it rise or sink from there."""
    cdef uint32_t other, child, last
    while place > 1:
        other = (place + 2) >> 2
        if not sooner(&what, &t.heap[other]):
            break
        t.heap[place] = t.heap[other]
        t.place_of[t.heap[place].contact] = place
        place = other
    while True:
        child = 4 * place - 2
        if child > t.n_heap:
            break
        last = min(child + 3, t.n_heap)
        other = child
        while child < last:
            child += 1
            if sooner(&t.heap[child], &t.heap[other]):
                other = child
        if not sooner(&t.heap[other], &what):
            break
        t.heap[place] = t.heap[other]
        t.place_of[t.heap[place].contact] = place
        place = other
    t.heap[place] = what
    t.place_of[what.contact] = place


cdef inline void trace_set(Trace* t, uint32_t contact, int64_t due, uint64_t kind, uint32_t call) noexcept nogil:
    cdef Happening what
    what.due = due
    what.order = kind << 32 | call
    what.contact = contact
    t.n_heap += 1
    heap_settle(t, t.n_heap, what)


cdef inline void trace_unset(Trace* t, uint32_t contact) noexcept nogil:
    """Take the contact's completion or patience away, if it has one set."""
    cdef uint32_t place = t.place_of[contact]
    if place:
        t.place_of[contact] = 0
        t.n_heap -= 1
        if place <= t.n_heap:
            heap_settle(t, place, t.heap[t.n_heap + 1])


cdef int trace_follow(Router* r, Trace* t) noexcept nogil:
    """Look at what just happened: accept what rings, note who has left."""
    cdef uint32_t i = 0, call, contact
    cdef EventRec* ev
    while i < r.n_events:
        ev = &r.events[i]
        if ev.kind == EV_CONTACT_OFFERED and r.contacts[ev.contact].call \
                and r.contacts[ev.contact].state == CONTACT_OFFERED:
            contact = ev.contact
            call = r.contacts[contact].call - 1
            trace_unset(t, contact)
            t.wait[call] = r.now - t.arrival[call]
            t.agent[call] = <int32_t>r.agents[ev.agent].place
            if reserve(r) < 0:
                return -1
            offer_accept(r, r.contacts[contact].segment)
            trace_set(t, contact, r.now + t.service[call], 0, call)
            if is_unsettled(r) and settle(r) < 0:
                return -1
        elif ev.kind == EV_OFFER_ACCEPTED and r.queues[ev.queue].auto_answer and r.contacts[ev.contact].call:
            contact = ev.contact
            call = r.contacts[contact].call - 1
            trace_unset(t, contact)
            t.wait[call] = r.now - t.arrival[call]
            t.agent[call] = <int32_t>r.agents[ev.agent].place
            trace_set(t, contact, r.now + t.service[call], 0, call)
        elif ev.kind == EV_CONTACT_ENDED and t.call_of[ev.contact]:
            call = t.call_of[ev.contact] - 1
            t.outcome[call] = <uint8_t>ev.cause
            if ev.cause != ENDED_HANDLED:
                t.wait[call] = r.now - t.arrival[call]
                trace_unset(t, ev.contact)
            t.call_of[ev.contact] = 0
        i += 1
    r.n_events = 0
    return 0


cdef int trace_arrive(Router* r, Trace* t, uint32_t call) noexcept nogil:
    cdef const Template* k = &t.templates[t.kind[call]]
    cdef uint32_t contact = contact_new(r, k.shape, k.steps, k.priority, k.credit), i
    cdef ContactRec* c = &r.contacts[contact]
    c.call = call + 1
    t.call_of[contact] = call + 1
    emit(r, EV_CONTACT_ENQUEUED, 0, contact, k.queues[0], r.shapes[k.shape].channel, k.priority,
         <int64_t>k.queues_hash)
    for i in range(k.n_queues):
        if i == 0 or visit_in(r, contact, k.queues[i]) == 0:
            contact_enter(r, contact, k.queues[i], c.enqueued, c.seq)
    contact_wait(r, contact)
    if settle(r) < 0 or trace_follow(r, t) < 0:
        return -1
    if t.call_of[contact] == call + 1 and r.contacts[contact].state == CONTACT_WAITING and t.patience[call] >= 0:
        trace_set(t, contact, t.arrival[call] + t.patience[call], 1, call)
    return 0


cdef int trace_run(Router* r, Trace* t) noexcept nogil:
    """Until every call has ended, or nothing can happen any more; -1 when memory is out."""
    cdef uint32_t call = 0, contact
    cdef int64_t at, timer
    cdef bint arrives, leaves
    while call < t.n or t.n_heap or (r.kinds_set and r.n_contacts):
        arrives = call < t.n and (t.n_heap == 0 or t.arrival[call] < t.heap[1].due)
        at = NEVER
        if arrives:
            at = t.arrival[call]
        elif t.n_heap:
            at = t.heap[1].due
        timer = timer_next(r)
        if timer > LAST_INSTANT and at == NEVER:
            break
        if timer <= at and timer != NEVER:
            if advance_to(r, timer) != 0 or trace_follow(r, t) < 0:
                return -1
            continue
        r.now = at
        if reserve(r) < 0 or trace_room(r, t) < 0:
            return -1
        if arrives:
            if trace_arrive(r, t, call) < 0:
                return -1
            call += 1
            continue
        contact = t.heap[1].contact
        leaves = t.heap[1].order >> 32 == 1
        trace_unset(t, contact)
        if leaves:
            contact_abandon(r, contact)
        else:
            contact_complete(r, contact, ENDED_HANDLED)
        if settle(r) < 0 or trace_follow(r, t) < 0:
            return -1
    return 0
