# Emission of events and the running digest; reservation of memory before anything is changed.


cdef inline EventRec* emit(Router* r, uint32_t kind, uint32_t agent, uint32_t contact, uint32_t queue,
                           uint32_t cause, int64_t n1, int64_t n2) noexcept nogil:
    """Append an event and fold it into the digest. Room has been reserved."""
    cdef EventRec* ev = &r.events[r.n_events]
    cdef uint64_t word
    r.n_events += 1
    r.revision += 1
    ev.at = r.now
    ev.kind = kind
    ev.agent = agent
    ev.contact = contact
    ev.queue = queue
    ev.cause = cause
    ev.to = 0
    ev.n1 = n1
    ev.n2 = n2
    # A sum of products with odd constants, so that the multiplications run side by side; then one mix.
    word = (<uint64_t>r.now * 0x9FB21C651E98DF25ULL
            + <uint64_t>(kind | cause << 8) * 0xD6E8FEB86659FD93ULL
            + <uint64_t>n1 * 0xC2B2AE3D27D4EB4FULL
            + <uint64_t>n2 * 0x165667B19E3779F9ULL)
    if agent:
        word += r.agents[agent].id_hash * 0x27D4EB2F165667C5ULL
    if contact:
        word += contact_hash(r, contact) * 0x85EBCA77C2B2AE63ULL
    if queue:
        word += r.queues[queue].id_hash * 0xA0761D6478BD642FULL
    r.digest = mix64(r.digest ^ word)
    return ev


cdef inline uint64_t contact_hash(Router* r, uint32_t contact) noexcept nogil:
    cdef ContactRec* c = &r.contacts[contact]
    if not c.hashed:
        c.id_hash = hash_number(c.call - 1)
        c.hashed = 1
    return c.id_hash


cdef int reserve_records(Pool* pool, void** items, size_t size, uint32_t spare) noexcept nogil:
    cdef uint32_t want
    if pool_full(pool, spare):
        want = doubled(pool.cap, pool.used + spare + 1)
        if grow(items, pool.cap, want, size) < 0:
            return -1
        pool.cap = want
    return 0


cdef int grow_events(Router* r, uint32_t need) noexcept nogil:
    cdef uint32_t want = doubled(r.events_cap, need)
    if grow(<void**>&r.events, r.events_cap, want, sizeof(EventRec)) < 0:
        return -1
    r.events_cap = want
    return 0


cdef int reserve_events(Router* r, uint32_t n) noexcept nogil:
    """Room for events that no step counts on; -1 when memory is out: the engine is broken then."""
    cdef uint32_t need = r.n_events + n + (r.steps_left + 1) * STEP_EVENTS
    if need > r.events_cap and grow_events(r, need) < 0:
        r.failed |= BROKEN
        return -1
    return 0


cdef int reserve_steps(Router* r, uint32_t steps) noexcept nogil:
    """Room for the next steps; for one alone no spare routes are asked for, which most steps do without."""
    cdef uint32_t want, events = r.n_events + steps * STEP_EVENTS + (SPARE_EVENTS if steps > 1 else 0)
    if r.spare_routes == NULL and steps > 1:
        r.spare_routes = <Route*>take(ROUTES * sizeof(Route))
        if r.spare_routes == NULL:
            return -1
    if events > r.events_cap and grow_events(r, events) < 0:
        return -1
    if pool_full(&r.contact_pool, steps * STEP_FEW):
        want = doubled(r.contact_pool.cap, r.contact_pool.used + steps * STEP_FEW + 1)
        if grow(<void**>&r.contact_nodes, r.contact_pool.cap, want, sizeof(Node)) < 0 \
                or grow(<void**>&r.specials, r.contact_pool.cap, want, sizeof(uint32_t)) < 0 \
                or grow(<void**>&r.draining, r.contact_pool.cap, want, sizeof(uint32_t)) < 0 \
                or grow(<void**>&r.contacts, r.contact_pool.cap, want, sizeof(ContactRec)) < 0:
            return -1
        r.contact_pool.cap = want
    if reserve_records(&r.segment_pool, <void**>&r.segments, sizeof(Segment), steps * STEP_FEW) < 0 \
            or reserve_records(&r.timer_pool, <void**>&r.timers, sizeof(Node), steps * STEP_FEW) < 0 \
            or reserve_records(&r.visit_pool, <void**>&r.visits, sizeof(Visit), steps * STEP_VISITS) < 0 \
            or reserve_records(&r.hold_pool, <void**>&r.holds, sizeof(Hold), steps * STEP_FEW) < 0 \
            or reserve_cells(r, steps * STEP_FEW) < 0 or reserve_classes(r, steps * STEP_FEW) < 0:
        return -1
    r.steps_left = steps
    return 0


cdef inline int reserve(Router* r) noexcept nogil:
    """Room for one step: whatever happens to one contact and the agents it meets. -1 when memory is out."""
    if r.steps_left == 0 and reserve_steps(r, STEPS) < 0 and reserve_steps(r, 1) < 0:
        return -1
    r.steps_left -= 1
    return 0


cdef inline int reserve_command(Router* r) noexcept nogil:
    """Room for one step and for some that may follow: a command is better refused whole than broken off."""
    if r.steps_left < COMMAND_STEPS and reserve_steps(r, STEPS) < 0:
        return -1
    r.steps_left -= 1
    return 0
