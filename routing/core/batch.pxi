# Batches: contacts that are collected for a moment and then given to agents so that the scores add up to the most.


cdef int64_t WORTH_MOST = 1 << 30


cdef struct Edge:          # a contact of the batch and an agent who is a candidate for it
    uint32_t agent
    int64_t worth
    uint64_t stamp


cdef int edge_by_worth(const void* a, const void* b) noexcept nogil:
    cdef const Edge* x = <const Edge*>a
    cdef const Edge* y = <const Edge*>b
    if x.worth != y.worth:
        return -1 if x.worth > y.worth else 1
    return -1 if x.stamp < y.stamp else 1


cdef int edge_by_idle(const void* a, const void* b) noexcept nogil:
    cdef const Edge* x = <const Edge*>a
    cdef const Edge* y = <const Edge*>b
    if x.stamp != y.stamp:
        return -1 if x.stamp < y.stamp else 1
    return 0


cdef struct Batch:
    uint32_t n                 # contacts
    uint32_t* contacts
    uint32_t* alike            # by contact: the first of the batch with the same candidates
    uint32_t* starts           # by contact that has candidates of its own, and one more: where its edges start
    Edge* edges
    size_t n_edges
    size_t cap


cdef bint has_candidate(Router* r, const ContactRec* c) noexcept nogil:
    """Is there a candidate for the placed contact?"""
    cdef Walk walk
    cdef uint32_t cell, wish = c.wishes
    while wish:
        if (c.prefer_until or r.wishes[wish].direct) and wish_fits(r, c, &r.wishes[wish]):
            return True
        wish = r.wishes[wish].next
    if c.prefer_until:
        return False
    walk_start(r, &walk, c.cls)
    cell = walk_next(r, &walk)
    while cell:
        if first_free(r, c, &r.cells[cell].idle, r.idle_nodes):
            return True
        cell = walk_next(r, &walk)
    return False


cdef bint batch_look(Router* r) noexcept nogil:
    """Is it time to assign? Opens a window when somebody has a candidate and none is open."""
    cdef uint32_t contact
    cdef int64_t window
    if r.batch_due:
        r.batch_due = 0
        r.batch_touched = 1
        return True
    if r.batch_timer or not r.batch_touched:
        return False
    contact = r.batched.first
    while contact and not has_candidate(r, &r.contacts[contact]):
        contact = tree_next(r.contact_nodes, contact)
    if contact == 0:
        r.batch_touched = 0
        return False
    window = r.queues[r.visits[r.contacts[contact].lead].queue].batch
    if window == 0:
        return True
    r.batch_timer = timer_arm(r, 0, r.now + window, TIMER_BATCH, 0, 0)
    return False


cdef int64_t worth_of(Router* r, const QueueRec* q, uint32_t expr, const AgentRec* a, uint32_t affinity) noexcept nogil:
    cdef const AgentType* t = &r.types[a.type]
    cdef int64_t score = q.weights[0] * expr_score(&r.exprs[expr], t) + q.weights[4] * affinity \
        - q.weights[2] * a.occupancy - q.weights[3] * t.cost \
        + q.weights[1] * ((r.now - a.idle_since) // 1_000_000_000)
    return 1 + max(<int64_t>0, min(score, WORTH_MOST))


cdef int edge_add(Router* r, Batch* b, const ContactRec* c, uint32_t agent) noexcept nogil:
    cdef uint32_t wish = c.wishes, affinity = 0
    cdef Edge* e
    cdef void* moved
    if b.n_edges == b.cap:
        moved = take_longer(b.edges, (2 * b.cap + 1024) * sizeof(Edge))
        if moved == NULL:
            return -1
        b.edges = <Edge*>moved
        b.cap = 2 * b.cap + 1024
    while wish:
        if r.wishes[wish].agent == agent:
            affinity = r.wishes[wish].score
        wish = r.wishes[wish].next
    e = &b.edges[b.n_edges]
    e.agent = agent
    e.stamp = r.agents[agent].stamp
    e.worth = worth_of(r, &r.queues[r.visits[c.lead].queue], lead_expr(r, c), &r.agents[agent], affinity)
    b.n_edges += 1
    return 0


cdef int edges_of(Router* r, Batch* b, const ContactRec* c) noexcept nogil:
    """Add the candidates of a contact: those worth most, as many as there may be contacts, for others cannot matter."""
    cdef Walk walk
    cdef size_t from_edge = b.n_edges
    cdef uint32_t cell, agent, wish = c.wishes, taken
    cdef bint by_idle = r.queues[r.visits[c.lead].queue].weights[2] == 0
    while wish:
        cell = r.agents[r.wishes[wish].agent].cell if r.wishes[wish].agent else 0
        # Who is no candidate but by the wish, or may stand too far back in their cell.
        if cell and wish_fits(r, c, &r.wishes[wish]):
            if edge_add(r, b, c, r.wishes[wish].agent) < 0:
                return -1
        wish = r.wishes[wish].next
    walk_start(r, &walk, c.cls)
    cell = walk_next(r, &walk) if c.prefer_until == 0 else 0
    while cell:
        taken = 0
        agent = r.cells[cell].idle.first
        while agent and not (by_idle and taken >= r.batch_limit):
            if not holds_back(r, c, agent):
                taken += 1
                if not is_wished(r, c, agent) and edge_add(r, b, c, agent) < 0:
                    return -1
            agent = tree_next(r.idle_nodes, agent)
        cell = walk_next(r, &walk)
    if b.n_edges - from_edge > 4 * <size_t>r.batch_limit:
        qsort(b.edges + from_edge, b.n_edges - from_edge, sizeof(Edge), edge_by_worth)
        b.n_edges = from_edge + r.batch_limit
    if b.n_edges > from_edge:
        qsort(b.edges + from_edge, b.n_edges - from_edge, sizeof(Edge), edge_by_idle)
    return 0


cdef bint is_wished(Router* r, const ContactRec* c, uint32_t agent) noexcept nogil:
    cdef uint32_t wish = c.wishes
    while wish:
        if r.wishes[wish].agent == agent:
            return True
        wish = r.wishes[wish].next
    return False


cdef uint32_t batch_alike(Router* r, const Batch* b, const ContactRec* c) noexcept nogil:
    """A contact of the batch that has the same candidates for certain, or NOWHERE."""
    cdef uint32_t i
    cdef const ContactRec* other
    if c.wishes or is_picky(c):
        return NOWHERE
    for i in range(b.n):
        other = &r.contacts[b.contacts[i]]
        if b.alike[i] == i and other.cls == c.cls and other.wishes == 0 and not is_picky(other) \
                and r.visits[other.lead].queue == r.visits[c.lead].queue and lead_expr(r, other) == lead_expr(r, c):
            return i
    return NOWHERE


cdef int batch_assign(Router* r) noexcept nogil:
    """Assign the first contacts of the batch that have a candidate; -1 when memory is out, and nothing was done."""
    cdef Batch b
    cdef uint32_t contact = r.batched.first, like
    cdef int done = -1
    memset(&b, 0, sizeof(Batch))
    b.contacts = <uint32_t*>take((3 * <size_t>r.batch_limit + 1) * sizeof(uint32_t))
    if b.contacts == NULL:
        return -1
    b.alike = b.contacts + r.batch_limit
    b.starts = b.alike + r.batch_limit
    b.starts[0] = 0
    while contact and b.n < r.batch_limit:
        like = batch_alike(r, &b, &r.contacts[contact])
        if like == NOWHERE and edges_of(r, &b, &r.contacts[contact]) < 0:
            break
        if like != NOWHERE or b.n_edges > b.starts[b.n]:
            b.contacts[b.n] = contact
            b.alike[b.n] = b.n if like == NOWHERE else like
            b.n += 1
            b.starts[b.n] = <uint32_t>b.n_edges
        contact = tree_next(r.contact_nodes, contact)
    else:
        done = batch_solve(r, &b) if b.n else 0
    free(b.edges)
    free(b.contacts)
    return done


cdef int batch_solve(Router* r, Batch* b) noexcept nogil:
    """Find the best assignment and make its offers in order; -1 when memory is out."""
    cdef Assignment a
    cdef Edge* agents          # each once, in idle order
    cdef uint32_t* cols        # by edge
    cdef uint32_t* all_cols    # by edge of the assignment, where each contact has edges
    cdef int64_t* all_weights
    cdef uint32_t* starts
    cdef uint32_t n = 0, i, like, low, high, mid
    cdef size_t e, size, total = 0
    cdef int done = -1
    cdef bint made = False
    cdef void* room
    for i in range(b.n):
        total += b.starts[b.alike[i] + 1] - b.starts[b.alike[i]]
    room = take((b.n_edges * sizeof(Edge)) + total * sizeof(int64_t)
                + (b.n_edges + total + 2 * <size_t>b.n + 1) * sizeof(uint32_t))
    if room == NULL:
        return -1
    agents = <Edge*>room
    all_weights = <int64_t*>(agents + b.n_edges)
    cols = <uint32_t*>(all_weights + total)
    all_cols = cols + b.n_edges
    starts = all_cols + total
    memset(&a, 0, sizeof(Assignment))
    a.match = starts + b.n + 1
    a.starts = starts
    a.cols = all_cols
    a.weights = all_weights
    a.n_rows = b.n
    memcpy(agents, b.edges, b.n_edges * sizeof(Edge))
    qsort(agents, b.n_edges, sizeof(Edge), edge_by_idle)
    for e in range(b.n_edges):
        if n == 0 or agents[e].stamp != agents[n - 1].stamp:
            agents[n] = agents[e]
            n += 1
    a.n_cols = n
    for e in range(b.n_edges):
        low = 0
        high = n
        while low < high:
            mid = (low + high) >> 1
            if agents[mid].stamp < b.edges[e].stamp:
                low = mid + 1
            else:
                high = mid
        cols[e] = low
    starts[0] = 0
    for i in range(b.n):
        like = b.alike[i]
        size = b.starts[like + 1] - b.starts[like]
        memcpy(all_cols + starts[i], cols + b.starts[like], size * sizeof(uint32_t))
        for e in range(size):
            all_weights[starts[i] + e] = b.edges[b.starts[like] + e].worth
        starts[i + 1] = starts[i] + <uint32_t>size
    if assign_solve(&a) == 0:
        done = 0
        if r.watched_offer > r.offers:
            batch_seen(r, b, &a, agents)
        for i in range(b.n):
            if a.match[i] != NOWHERE:
                if reserve(r) < 0:
                    r.failed |= BROKEN if made else 0
                    done = -1
                    break
                made = True
                offer_make(r, b.contacts[i], agents[a.match[i]].agent)
    free(room)
    return done
