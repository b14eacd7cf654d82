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
            if r.order_by[BY_HANDLED] and r.ranked_nodes[BY_HANDLED][i].major != a.handled:
                return 17
            if r.order_by[BY_OCCUPANCY] and r.ranked_nodes[BY_OCCUPANCY][i].major != a.occupancy:
                return 17
            if a.reserved:
                return 22
        elif is_available(a) and a.reserved == 0 and room_mask(r, a) != 0:
            return 18
        if a.counted != (is_available(a) and a.n_segments == 0 and r.types[a.type].n_watches != 0):
            return 23
        if a.reserved and r.contacts[a.reserved].drained != i:
            return 24
        if a.leaving and (not a.logged_in or a.n_segments == 0):
            return 19
        if (a.retry_until != 0) != (a.timer != 0):
            return 20
        if not a.logged_in and a.n_segments:
            return 21
    return 0


cdef bint class_broken(Router* r, uint32_t cls) noexcept nogil:
    """Are its cells miscounted, or its rating out of date?"""
    cdef const Class* k = &r.classes[cls]
    cdef uint32_t i, n = 0
    for i in range(1, r.cell_pool.used):
        n += may_serve(r, cls, i)
    if n != k.n_cells:
        return True
    if k.rated_expr == 0 or not r.queues[k.rated_for].exists:
        return False
    if k.n_rated + k.n_unrated != n:
        return True
    for i in range(n):
        if not may_serve(r, cls, k.rated[i].cell) \
                or k.rated[i].score != cell_score(r, k.rated_expr, k.rated[i].cell) \
                or (i and i < k.n_rated and k.worth == NULL and k.rated[i].score > k.rated[i - 1].score):
            return True
        if k.worth != NULL and k.worth[i] != rated_worth(r, &r.queues[k.rated_for], k.rated_expr, k.rated[i].cell):
            return True
    return False


cdef int check_cells(Router* r) noexcept nogil:
    cdef uint32_t i, cls, broken, n = 0, available = 0, cells = 0
    cdef int k
    for i in range(1, r.agent_pool.used):
        available += r.agents[i].cell != 0
    for i in range(1, r.cell_pool.used):
        broken = tree_check(&r.cells[i].idle, r.idle_nodes)
        if broken:
            return 30 + <int>broken
        n += r.cells[i].idle.count
        if (r.cells[i].idle.count != 0) != bits_has(&r.ready, i):
            return 40
        if r.cells[i].idle.count and (
                r.cell_heads[i].stamp != r.idle_nodes[r.cells[i].idle.first].seq
                or r.cell_heads[i].since != r.agents[r.cells[i].idle.first].idle_since):
            return 41
        for k in range(RANKINGS):
            if r.order_by[k] and (tree_check(&r.cells[i].ranked[k], r.ranked_nodes[k])
                                  or r.cells[i].ranked[k].count != r.cells[i].idle.count):
                return 42
        if r.cells[i].type == 0:
            continue
        for cls in range(1, r.class_pool.used):
            if r.classes[cls].alive:
                if ((r.eligible[<size_t>cls * r.cell_words + (i >> 6)] >> (i & 63)) & 1) != cell_fits(r, i, cls):
                    return 43
                if ((r.eligible_t[<size_t>i * r.class_words + (cls >> 6)] >> (cls & 63)) & 1) != cell_fits(r, i, cls):
                    return 44
        cells += r.cells[i].idle.count != 0
    if cells != r.n_ready_cells:
        return 46
    for k in range(RANKINGS):
        if r.order_by[k] and (r.ranked_all[k].count != n or tree_check(&r.ranked_all[k], r.ranked_all_nodes[k])):
            return 47
    for cls in range(1, r.class_pool.used):
        if r.classes[cls].alive and class_broken(r, cls):
            return 48
    if r.order_scan and lineup_check(r, n):
        return 100 + lineup_check(r, n)
    return 0 if n == available else 45


cdef int check_contacts(Router* r) noexcept nogil:
    cdef uint32_t i, broken, n = 0, waiting = 0, living = 0, visit, j, others = 0, ringing
    cdef const ContactRec* c
    for i in range(1, r.class_pool.used):
        broken = tree_check(&r.classes[i].waiting, r.contact_nodes)
        if broken:
            return 50 + <int>broken
        n += r.classes[i].waiting.count
        if (r.classes[i].waiting.count != 0) != bits_has(&r.busy, i):
            return 60
        others += r.classes[i].others
        if r.classes[i].waiting.count and (
                r.class_heads[i].seq != r.contact_nodes[r.classes[i].waiting.first].seq
                or r.class_heads[i].minor != r.contact_nodes[r.classes[i].waiting.first].minor
                or r.class_heads[i].major != r.contact_nodes[r.classes[i].waiting.first].major):
            return 72
    if tree_check(&r.choosy, r.contact_nodes) or tree_check(&r.batched, r.contact_nodes) \
            or r.choosy.count + r.batched.count != others:
        return 73
    n += others
    for i in range(1, r.contact_pool.used):
        c = &r.contacts[i]
        if c.state == CONTACT_FREE:
            continue
        living += c.state != CONTACT_ENDED
        waiting += c.cls != 0
        if (c.cls != 0) != (c.place != NOT_PLACED) or (c.cls and c.state != CONTACT_WAITING and not c.grouped):
            return 61
        if c.state == CONTACT_WAITING and c.cls == 0 and c.held_until == 0:
            return 62
        ringing = 0
        visit = c.segment if c.state == CONTACT_OFFERED else 0
        while visit:
            if r.segments[visit].contact != i or r.segments[visit].state != SEGMENT_RINGING \
                    or visit_in(r, i, r.segments[visit].queue) == 0:
                return 74
            ringing += 1
            visit = r.segments[visit].sibling
        if ringing != c.n_ringing or (ringing > 1 and not c.grouped):
            return 75
        if (c.state == CONTACT_WAITING or c.state == CONTACT_OFFERED) != (c.visits != 0):
            return 63
        if (c.state == CONTACT_OFFERED or c.state == CONTACT_HANDLING) != (c.segment != 0):
            return 64
        if c.segment and r.segments[c.segment].contact != i:
            return 65
        if c.state == CONTACT_OFFERED and r.segments[c.segment].state != SEGMENT_RINGING:
            return 66
        if c.state == CONTACT_HANDLING and r.segments[c.segment].state != SEGMENT_HANDLING:
            return 68
        visit = c.visits
        while visit:
            if r.visits[visit].contact != i or not r.queues[r.visits[visit].queue].exists:
                return 69
            visit = r.visits[visit].next
        # Work conservation, the slow way.
        if c.cls and c.place != IN_BATCH and not is_paused(r):
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
