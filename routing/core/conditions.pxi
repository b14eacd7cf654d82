# Conditions on the state of a queue: what they read, and what a queue looks at when it ticks.
#
# They are looked at when a contact enters, when a step's age is reached, and on the pane ticks of a queue that has
# something to look at; never else, so that what they read costs nothing but a few counters.


cdef void cond_release(Router* r, uint32_t cond) noexcept nogil:
    cdef Cond* x = &r.conds[cond]
    x.refs -= 1
    if x.refs == 0:
        free(x.leaves)
        pool_give(&r.cond_pool, r.conds, sizeof(Cond), cond)


# What is counted


cdef inline bint is_available(const AgentRec* a) noexcept nogil:
    return a.logged_in and a.ready and a.leaving == STAYING and a.device == DEVICE_AVAILABLE and a.retry_until == 0


cdef void agent_count(Router* r, AgentRec* a, bint ready) noexcept nogil:
    """The agent counts as ready with those who watch it, or no longer."""
    cdef const AgentType* t = &r.types[a.type]
    cdef uint32_t i
    a.counted = ready
    for i in range(t.n_watches):
        r.watches[t.watches[i]].ready += 1 if ready else -1


cdef void level_roll(Router* r, Level* level) noexcept nogil:
    """Forget the panes that are too old."""
    cdef int64_t pane = r.now // r.pane
    cdef uint32_t at
    if pane - level.pane >= r.level_panes:
        memset(level.counts, 0, r.level_panes * 3 * sizeof(uint32_t))
        level.pane = pane
    while level.pane < pane:
        level.pane += 1
        at = <uint32_t>(level.pane % r.level_panes)
        memset(level.counts + 3 * at, 0, 3 * sizeof(uint32_t))


cdef void level_count(Router* r, QueueRec* q, uint32_t what) noexcept nogil:
    """One more that was answered in time (0), answered (1), abandoned (2)."""
    level_roll(r, q.level)
    q.level.counts[3 * <uint32_t>(q.level.pane % r.level_panes) + what] += 1


cdef int64_t service_level(Router* r, QueueRec* q) noexcept nogil:
    """Percent over the panes; 100 when nobody was answered or left."""
    cdef int64_t in_time = 0, all = 0
    cdef uint32_t i
    if q.level == NULL:
        return 100
    level_roll(r, q.level)
    for i in range(r.level_panes):
        in_time += q.level.counts[3 * i]
        all += <int64_t>q.level.counts[3 * i + 1] + q.level.counts[3 * i + 2]
    return 100 * in_time // all if all else 100


cdef int64_t members_ready(Router* r, const QueueRec* q) noexcept nogil:
    """Available members without a segment of a queue that nobody watches. O(agents)."""
    cdef uint32_t agent, queue = <uint32_t>(q - r.queues)
    cdef int64_t n = 0
    for agent in range(1, r.agent_pool.used):
        if r.agents[agent].exists and r.agents[agent].n_segments == 0 and is_available(&r.agents[agent]):
            n += is_member(r, &r.types[r.agents[agent].type], queue)
    return n


cdef bint leaf_holds(Router* r, QueueRec* q, const Leaf* leaf) noexcept nogil:
    cdef int64_t have = 0
    cdef uint32_t watch = q.watch if leaf.watch == NOWHERE else leaf.watch
    if leaf.term == TERM_WAITING:
        have = q.n_visits
    elif leaf.term == TERM_OLDEST:
        have = r.now - r.visits[q.oldest].entered if q.oldest else 0
    elif leaf.term == TERM_READY:
        have = r.watches[watch].ready if watch != NOWHERE else members_ready(r, q)
    elif leaf.term == TERM_LOGGED_IN:
        if leaf.watch == NOWHERE:
            have = q.logged_in if q.limited else r.logged_in
        else:
            have = r.watches[watch].logged_in
    elif leaf.term == TERM_SERVICE_LEVEL:
        have = service_level(r, q)
    elif q.estimate < 0:
        return False
    else:
        have = q.estimate
    if leaf.op == 2:
        return have >= leaf.value
    if leaf.op == 3:
        return have > leaf.value
    if leaf.op == 4:
        return have <= leaf.value
    if leaf.op == 5:
        return have < leaf.value
    if leaf.op == 6:
        return have == leaf.value
    return have != leaf.value


cdef bint cond_holds(Router* r, uint32_t queue, uint32_t cond) noexcept nogil:
    """Does the condition (0: none) hold for the queue now? The stack is as deep as a condition may have terms."""
    cdef const Cond* x = &r.conds[cond]
    cdef QueueRec* q = &r.queues[queue]
    cdef uint8_t stack[256]
    cdef int top = 0
    cdef uint32_t i
    if cond == 0:
        return True
    for i in range(x.n):
        if x.leaves[i].op <= 7:
            stack[top] = leaf_holds(r, q, &x.leaves[i])
            top += 1
        elif x.leaves[i].op == 8:
            stack[top - 1] = not stack[top - 1]
        elif x.leaves[i].op == 9:
            top -= 1
            stack[top - 1] = stack[top - 1] and stack[top]
        else:
            top -= 1
            stack[top - 1] = stack[top - 1] or stack[top]
    return stack[0]


# Reserves and ticks


cdef void reserves_look(Router* r, uint32_t queue) noexcept nogil:
    """Turn the queue's reserves on or off as their conditions say."""
    cdef QueueRec* q = &r.queues[queue]
    cdef uint32_t i, on = q.on
    if q.n_reserves and reserve_events(r, q.n_reserves) < 0:
        return
    for i in range(q.n_reserves):
        if q.reserves[i].cond and cond_holds(r, queue, q.reserves[i].cond) != ((on >> i) & 1):
            on ^= 1U << i
            emit(r, EV_RESERVE_CHANGED, 0, 0, queue, i, (on >> i) & 1, 0)
    if on != q.on:
        q.on = on
        queue_learn(r, queue)
        queue_tick_look(r, queue)
        r.match_all = 1


cdef uint32_t reserves_conditional(const QueueRec* q) noexcept nogil:
    """Which reserves have a condition."""
    cdef uint32_t i, mask = 0
    for i in range(q.n_reserves):
        if q.reserves[i].cond:
            mask |= 1U << i
    return mask


cdef inline void queue_tick_look(Router* r, uint32_t queue) noexcept nogil:
    """Whether the queue ticks may have changed: to be settled at the end of the command or timer."""
    if r.queues[queue].touched:
        return
    r.queues[queue].touched = 1
    if r.n_touched < FEW:
        r.touched[r.n_touched] = queue
    r.n_touched += 1


cdef void queue_tick_set(Router* r, uint32_t queue) noexcept nogil:
    """Let the queue tick while it has something to look at. Room for a timer has been reserved."""
    cdef QueueRec* q = &r.queues[queue]
    q.touched = 0
    if q.exists and ((q.n_visits and (q.looks or q.conditional)) or q.on & reserves_conditional(q)):
        if q.timer == 0:
            q.timer = timer_arm(r, 0, (r.now // r.pane + 1) * r.pane, TIMER_PANE, q.number, queue)
    else:
        q.timer = timer_drop(r, q.timer)


cdef int ticks_set(Router* r) noexcept nogil:
    """Let those queues tick that have something to look at now; -1 when memory is out."""
    cdef uint32_t i
    if r.n_touched <= FEW:
        if reserve(r) < 0 or reserve(r) < 0:
            return -1
        for i in range(r.n_touched):
            queue_tick_set(r, r.touched[i])
    else:
        for i in range(1, r.queue_pool.used):
            if r.queues[i].touched:
                if reserve(r) < 0:
                    return -1
                queue_tick_set(r, i)
    r.n_touched = 0
    return 0


cdef void queue_tick(Router* r, uint32_t queue) noexcept nogil:
    """The pane is over: look at the reserves, then at who waits."""
    cdef QueueRec* q = &r.queues[queue]
    cdef Standing* all
    cdef uint32_t n, i, k, contact, visit, before
    cdef ContactRec* c
    cdef Action* rule
    cdef bint gone
    q.timer = timer_drop(r, q.timer)
    reserves_look(r, queue)
    all = queue_standing(r, queue, &n)
    if all == NULL and n:
        r.failed |= BROKEN
        return
    for i in range(n):
        contact = all[i].contact
        c = &r.contacts[contact]
        if c.state != CONTACT_WAITING and not c.grouped:
            continue
        if reserve(r) < 0:
            r.failed |= BROKEN
            break
        c = &r.contacts[contact]
        q = &r.queues[queue]
        visit = visit_in(r, contact, queue)
        gone = False
        for k in range(q.n_overflows):
            rule = &q.overflows[k]
            if 0 < rule.amount <= r.now - r.visits[visit].entered and cond_holds(r, queue, rule.cond):
                contact_unplace(r, contact)
                visit_give_up(r, visit, rule, CAUSE_CONDITION)
                contact_wait(r, contact)
                gone = True
                break
        if gone or r.steps[r.visits[visit].steps].conditional == 0:
            continue
        before = r.visits[visit].step
        visit_step(r, &r.visits[visit])
        if r.visits[visit].step != before:
            contact_unplace(r, contact)
            emit(r, EV_STEP_REACHED, 0, contact, queue, r.visits[visit].step, 0, 0)
            contact_place(r, contact)
            contact_timer(r, contact)
    drain_done(r)
    queue_tick_look(r, queue)
