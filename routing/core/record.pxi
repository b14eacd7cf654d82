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


cdef int reserve_slow(Router* r) noexcept nogil:
    cdef uint32_t want
    if r.n_events + SPARE > r.events_cap:
        want = doubled(r.events_cap, r.n_events + SPARE)
        if grow(<void**>&r.events, r.events_cap, want, sizeof(EventRec)) < 0:
            return -1
        r.events_cap = want
    if pool_full(&r.segment_pool, SPARE):
        want = doubled(r.segment_pool.cap, r.segment_pool.used + SPARE + 1)
        if grow(<void**>&r.segments, r.segment_pool.cap, want, sizeof(Segment)) < 0:
            return -1
        r.segment_pool.cap = want
    if pool_full(&r.timer_pool, SPARE):
        want = doubled(r.timer_pool.cap, r.timer_pool.used + SPARE + 1)
        if grow(<void**>&r.timers, r.timer_pool.cap, want, sizeof(Node)) < 0:
            return -1
        r.timer_pool.cap = want
    if pool_full(&r.visit_pool, 2 * SPARE):
        want = doubled(r.visit_pool.cap, r.visit_pool.used + 2 * SPARE + 1)
        if grow(<void**>&r.visits, r.visit_pool.cap, want, sizeof(Visit)) < 0:
            return -1
        r.visit_pool.cap = want
    if pool_full(&r.hold_pool, SPARE):
        want = doubled(r.hold_pool.cap, r.hold_pool.used + SPARE + 1)
        if grow(<void**>&r.holds, r.hold_pool.cap, want, sizeof(Hold)) < 0:
            return -1
        r.hold_pool.cap = want
    if pool_full(&r.contact_pool, 4):
        want = doubled(r.contact_pool.cap, r.contact_pool.used + 4 + 1)
        if grow(<void**>&r.contacts, r.contact_pool.cap, want, sizeof(ContactRec)) < 0:
            return -1
        if grow(<void**>&r.contact_nodes, r.contact_pool.cap, want, sizeof(Node)) < 0:
            return -1
        r.contact_pool.cap = want
    if r.n_dirty_agents + SPARE > r.dirty_agents_cap:
        want = doubled(r.dirty_agents_cap, r.n_dirty_agents + SPARE)
        if grow(<void**>&r.dirty_agents, r.dirty_agents_cap, want, sizeof(uint32_t)) < 0:
            return -1
        r.dirty_agents_cap = want
    if r.n_dirty_contacts + SPARE > r.dirty_contacts_cap:
        want = doubled(r.dirty_contacts_cap, r.n_dirty_contacts + SPARE)
        if grow(<void**>&r.dirty_contacts, r.dirty_contacts_cap, want, sizeof(uint32_t)) < 0:
            return -1
        r.dirty_contacts_cap = want
    if reserve_cells(r, SPARE) < 0:
        return -1
    return reserve_classes(r, SPARE)


cdef inline int reserve(Router* r) noexcept nogil:
    """Room for one step: whatever happens to one contact and the agents it meets. -1 when memory is out."""
    if (r.n_events + SPARE > r.events_cap
            or pool_full(&r.segment_pool, SPARE) or pool_full(&r.timer_pool, SPARE)
            or pool_full(&r.visit_pool, 2 * SPARE) or pool_full(&r.hold_pool, SPARE)
            or pool_full(&r.contact_pool, 4)
            or r.n_dirty_agents + SPARE > r.dirty_agents_cap
            or r.n_dirty_contacts + SPARE > r.dirty_contacts_cap
            or pool_full(&r.cell_pool, SPARE) or pool_full(&r.class_pool, SPARE)):
        return reserve_slow(r)
    return 0
