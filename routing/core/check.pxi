# The invariants, restated in the obvious way. O(n), for tests; nothing here is on any hot path.


cdef int check_agents(Router* r) noexcept nogil:
    """0 or the number of the broken rule."""
    cdef uint32_t i, slot, n, ringing, load, before
    cdef uint16_t used[16]
    cdef const AgentRec* a
    cdef const Segment* s
    for i in range(1, r.agent_pool.used):
        a = &r.agents[i]
        if not a.exists:
            if a.cell:
                return 10
            continue
        n = 0
        ringing = 0
        load = 0
        before = 0
        memset(used, 0, sizeof(used))
        slot = a.segments
        while slot:
            s = &r.segments[slot]
            if s.agent != i or s.before != before or s.state == SEGMENT_FREE:
                return 11
            n += 1
            ringing += s.state == SEGMENT_RINGING
            load += s.load
            used[s.channel] += 1
            before = slot
            slot = s.next
        if a.last_segment != before or n != a.n_segments or ringing != a.ringing or load != a.load:
            return 12
        if memcmp(used, a.used, sizeof(used)) != 0:
            return 13
        if a.cell:
            if not (a.logged_in and a.ready and a.leaving == STAYING and a.device == DEVICE_AVAILABLE
                    and a.retry_until == 0):
                return 14
            if r.cells[a.cell].type != a.type or r.cells[a.cell].mask != room_mask(r, a):
                return 15
            if r.idle_nodes[i].seq != a.stamp:
                return 16
            if r.order_fewest and r.fewest_nodes[i].major != a.handled:
                return 17
        elif a.logged_in and a.ready and a.leaving == STAYING and a.device == DEVICE_AVAILABLE \
                and a.retry_until == 0 and room_mask(r, a) != 0:
            return 18
        if a.leaving and (not a.logged_in or a.n_segments == 0):
            return 19
        if (a.retry_until != 0) != (a.timer != 0):
            return 20
        if not a.logged_in and a.n_segments:
            return 21
    return 0


cdef int check_cells(Router* r) noexcept nogil:
    cdef uint32_t i, cls, broken, n = 0, available = 0
    for i in range(1, r.agent_pool.used):
        available += r.agents[i].cell != 0
    for i in range(1, r.cell_pool.used):
        broken = tree_check(&r.cells[i].idle, r.idle_nodes)
        if broken:
            return 30 + <int>broken
        n += r.cells[i].idle.count
        if (r.cells[i].idle.count != 0) != bits_has(&r.ready, i):
            return 40
        if r.cells[i].idle.count and r.cell_heads[i] != r.idle_nodes[r.cells[i].idle.first].seq:
            return 41
        if r.order_fewest and (tree_check(&r.cells[i].fewest, r.fewest_nodes)
                               or r.cells[i].fewest.count != r.cells[i].idle.count):
            return 42
        if r.cells[i].type == 0:
            continue
        for cls in range(1, r.class_pool.used):
            if r.classes[cls].alive:
                if ((r.eligible[<size_t>cls * r.cell_words + (i >> 6)] >> (i & 63)) & 1) != cell_fits(r, i, cls):
                    return 43
                if ((r.eligible_t[<size_t>i * r.class_words + (cls >> 6)] >> (cls & 63)) & 1) != cell_fits(r, i, cls):
                    return 44
    if r.order_scan and lineup_check(r, n):
        return 100 + lineup_check(r, n)
    return 0 if n == available else 45


cdef int check_contacts(Router* r) noexcept nogil:
    cdef uint32_t i, broken, n = 0, waiting = 0, living = 0, visit, j
    cdef const ContactRec* c
    for i in range(1, r.class_pool.used):
        broken = tree_check(&r.classes[i].waiting, r.contact_nodes)
        if broken:
            return 50 + <int>broken
        n += r.classes[i].waiting.count
        if (r.classes[i].waiting.count != 0) != bits_has(&r.busy, i):
            return 60
    for i in range(1, r.contact_pool.used):
        c = &r.contacts[i]
        if c.state == CONTACT_FREE:
            continue
        living += c.state != CONTACT_ENDED
        waiting += c.cls != 0
        if c.cls and c.state != CONTACT_WAITING:
            return 61
        if c.state == CONTACT_WAITING and c.cls == 0 and c.held_until == 0:
            return 62
        if (c.state == CONTACT_WAITING or c.state == CONTACT_OFFERED) != (c.visits != 0):
            return 63
        if (c.state == CONTACT_OFFERED or c.state == CONTACT_HANDLING) != (c.segment != 0):
            return 64
        if c.segment and r.segments[c.segment].contact != i:
            return 65
        if c.state == CONTACT_OFFERED and r.segments[c.segment].state != SEGMENT_RINGING:
            return 66
        if c.state == CONTACT_OFFERED and visit_in(r, i, r.segments[c.segment].queue) == 0:
            return 67
        if c.state == CONTACT_HANDLING and r.segments[c.segment].state != SEGMENT_HANDLING:
            return 68
        visit = c.visits
        while visit:
            if r.visits[visit].contact != i or not r.queues[r.visits[visit].queue].exists:
                return 69
            visit = r.visits[visit].next
        # Work conservation, the slow way.
        if c.cls:
            for j in range(1, r.agent_pool.used):
                if is_candidate(r, c, j):
                    return 70
    if waiting != n or waiting != r.n_waiting or living != r.n_contacts:
        return 71
    return 0


cdef int check_rest(Router* r) noexcept nogil:
    cdef uint32_t i, visit, n, agent, staff, before
    cdef const QueueRec* q
    for i in range(TIMER_KINDS):
        if tree_check(&r.due[i], r.timers):
            return 80
        if (r.due[i].count != 0) != ((r.kinds_set >> i) & 1):
            return 81
    if timer_next(r) < r.now:
        return 88
    if r.n_dirty_agents or r.n_dirty_contacts or r.match_all or r.failed or r.paused:
        return 89
    n = 0
    for agent in range(1, r.agent_pool.used):
        n += is_staff(&r.agents[agent])
    if n != r.logged_in:
        return 90
    for i in range(1, r.queue_pool.used):
        q = &r.queues[i]
        if not q.exists:
            continue
        n = 0
        before = 0
        visit = q.visits
        while visit:
            if r.visits[visit].before != before or r.visits[visit].queue != i:
                return 91
            n += 1
            before = visit
            visit = r.visits[visit].after
        if n != q.n_visits:
            return 92
        staff = 0
        for agent in range(1, r.agent_pool.used):
            if is_staff(&r.agents[agent]):
                staff += is_member(r, &r.types[r.agents[agent].type], i)
        if q.limited and staff != q.logged_in:
            return 93
        if (staff == 0) != (q.unstaffed_since >= 0):
            return 94
    for i in range(1, r.order_pool.used):
        for n in range(r.orders[i].n):
            if i == 1 and not r.order_all:
                continue
            if bits_has(&r.orders[i].available, n) != (r.agents[r.orders[i].agents[n]].cell != 0):
                return 95
    return 0
