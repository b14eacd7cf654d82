# Strategies: which of the candidates a waiting contact is offered to.
#
# Where agents fall into few cells, a look at the cells that hold somebody and may serve the class decides. Where there
# are many, orders over all agents are gone through until somebody fits: after 1/p looks when a share p does.


cdef struct Walk:          # over the cells that hold somebody and may serve a class
    const uint64_t* row
    const Rated* rated     # instead of the row: the cells of a class that has few
    uint32_t left          # of those
    uint64_t words         # of the summary, to go
    uint64_t bits          # of the word, to go
    uint32_t at            # word of the summary
    uint32_t word


cdef inline void walk_start(Router* r, Walk* walk, uint32_t cls) noexcept nogil:
    cdef Class* k = &r.classes[cls]
    memset(walk, 0, sizeof(Walk))
    walk.row = r.eligible + <size_t>cls * r.cell_words
    if 2 * k.n_cells < r.ready.n_words:
        if k.rated_expr or (k.routes == NULL and rating_made(r, cls, k.first.queue, k.first.expr)) \
                or (k.routes != NULL and rating_made(r, cls, k.routes[0].queue, k.routes[0].expr)):
            walk.rated = k.rated
            walk.left = k.n_rated + k.n_unrated
            return
    walk.words = r.ready.summary[0]


cdef inline uint32_t walk_next(Router* r, Walk* walk) noexcept nogil:
    """The next cell, or 0."""
    cdef uint32_t cell
    if walk.rated != NULL:
        while walk.left:
            walk.left -= 1
            if bits_has(&r.ready, walk.rated[walk.left].cell):
                return walk.rated[walk.left].cell
        return 0
    while walk.bits == 0:
        while walk.words == 0:
            walk.at += 1
            if walk.at >= (r.ready.n_words + 63) // 64:
                return 0
            walk.words = r.ready.summary[walk.at]
        walk.word = (walk.at << 6) | <uint32_t>ctz64(walk.words)
        walk.words &= walk.words - 1
        walk.bits = walk.row[walk.word] & r.ready.words[walk.word]
    cell = (walk.word << 6) | <uint32_t>ctz64(walk.bits)
    walk.bits &= walk.bits - 1
    return cell


cdef inline bint may_serve(Router* r, uint32_t cls, uint32_t cell) noexcept nogil:
    return (r.eligible[<size_t>cls * r.cell_words + (cell >> 6)] >> (cell & 63)) & 1


cdef uint32_t first_free(Router* r, const ContactRec* c, const Tree* tree, const Node* nodes) noexcept nogil:
    """The first agent of a cell whom nothing holds back from the contact."""
    cdef uint32_t agent = tree.first
    if is_picky(c):
        while agent and is_held(r, c, agent):
            agent = tree_next(nodes, agent)
    return agent


cdef inline bint is_served(Router* r, const ContactRec* c, uint32_t agent) noexcept nogil:
    """Is this agent, available or not, a candidate for the placed contact, its preferences apart?"""
    cdef uint32_t cell = r.agents[agent].cell
    return cell != 0 and may_serve(r, c.cls, cell) and not holds_back(r, c, agent)


cdef bint is_candidate(Router* r, const ContactRec* c, uint32_t agent) noexcept nogil:
    """Is this agent a candidate for the placed contact?"""
    cdef uint32_t wish = c.wishes
    if c.prefer_until == 0 and is_served(r, c, agent):
        return True
    while wish:
        if r.wishes[wish].agent == agent:
            return wish_fits(r, c, &r.wishes[wish])
        wish = r.wishes[wish].next
    return False


cdef uint32_t choose_longest_idle(Router* r, const ContactRec* c) noexcept nogil:
    cdef Walk walk
    cdef uint64_t best = ~0ULL
    cdef uint32_t chosen = 0, agent, cell
    cdef bint complete = False
    if r.order_scan:
        chosen = lineup_search(r, c, &complete)
        if complete:
            return chosen
    walk_start(r, &walk, c.cls)
    cell = walk_next(r, &walk)
    while cell:
        if r.cell_heads[cell].stamp < best:
            agent = first_free(r, c, &r.cells[cell].idle, r.idle_nodes)
            if agent and r.idle_nodes[agent].seq < best:
                best = r.idle_nodes[agent].seq
                chosen = agent
        cell = walk_next(r, &walk)
    if chosen:
        agent_expect(r, chosen, r.agents[chosen].cell)
    return chosen


cdef uint32_t choose_ranked(Router* r, const ContactRec* c, int ranking) noexcept nogil:
    """fewest_contacts, least_occupied: the least number, then idle time."""
    cdef Walk walk
    cdef uint32_t chosen = 0, agent, cell, looks
    cdef const Node* nodes = r.ranked_nodes[ranking]
    if r.classes[c.cls].n_cells > FEW_CELLS:
        agent = r.ranked_all[ranking].first
        for looks in range(RANKED_LOOKS):
            if agent == 0:
                return 0
            if is_served(r, c, agent):
                return agent
            agent = tree_next(r.ranked_all_nodes[ranking], agent)
    walk_start(r, &walk, c.cls)
    cell = walk_next(r, &walk)
    while cell:
        agent = first_free(r, c, &r.cells[cell].ranked[ranking], nodes)
        if agent and (chosen == 0 or node_less(&nodes[agent], &nodes[chosen])):
            chosen = agent
        cell = walk_next(r, &walk)
    return chosen


cdef inline uint32_t lead_expr(Router* r, const ContactRec* c) noexcept nogil:
    cdef const Visit* lead = &r.visits[c.lead]
    return r.steps[lead.steps].exprs[lead.step]


cdef inline bint few_hold_somebody(Router* r) noexcept nogil:
    """Is it quicker to look at the cells that hold somebody than to look for such in an order of all?"""
    return r.n_ready_cells < 32 or <uint64_t>r.n_ready_cells * r.n_ready_cells < r.cell_pool.used // 4


cdef uint32_t choose_skilled(Router* r, const ContactRec* c, bint most) noexcept nogil:
    """most_skilled, least_skilled: the highest or lowest score, then idle time."""
    cdef uint32_t expr = lead_expr(r, c), chosen = 0, agent, cell, i, n, run = 0
    cdef int32_t sign = -1 if most else 1, score, best = 0
    cdef const Class* k = &r.classes[c.cls]
    cdef const Rated* rated
    cdef Walk walk
    if few_hold_somebody(r) or not rating_made(r, c.cls, r.visits[c.lead].queue, expr):
        walk_start(r, &walk, c.cls)
        cell = walk_next(r, &walk)
        while cell:
            score = sign * cell_score(r, expr, cell)
            if chosen == 0 or score <= best:
                agent = first_free(r, c, &r.cells[cell].idle, r.idle_nodes)
                if agent and (chosen == 0 or score < best or r.idle_nodes[agent].seq < r.idle_nodes[chosen].seq):
                    chosen = agent
                    best = score
            cell = walk_next(r, &walk)
        return chosen
    n = k.n_rated + k.n_unrated
    for i in range(n):
        # First those that came later, which are in no order, then the others from their best end.
        if i < k.n_unrated:
            rated = &k.rated[k.n_rated + i]
        else:
            rated = &k.rated[i - k.n_unrated if most else n - 1 - i]
        score = sign * rated.score
        if chosen and score > best:
            if i < k.n_unrated:
                continue
            break
        if not bits_has(&r.ready, rated.cell):
            continue
        if chosen and score == best and r.cell_heads[rated.cell].stamp >= r.idle_nodes[chosen].seq:
            run += 1
            if run > LONG_RUN and i >= k.n_unrated and r.order_scan:
                return longest_idle_of(r, c, expr, sign * best)
            continue
        agent = first_free(r, c, &r.cells[rated.cell].idle, r.idle_nodes)
        if agent and (chosen == 0 or score < best or r.idle_nodes[agent].seq < r.idle_nodes[chosen].seq):
            chosen = agent
            best = score
    return chosen


cdef uint32_t longest_idle_of(Router* r, const ContactRec* c, uint32_t expr, int32_t score) noexcept nogil:
    """The longest idle of many candidates who have this score."""
    cdef const Lineup* line = &r.lineup
    cdef uint32_t at, cell
    for at in range(line.head, line.tail):
        cell = line.cells[at]
        if cell and may_serve(r, c.cls, cell) and cell_score(r, expr, cell) == score \
                and not holds_back(r, c, line.agents[at]):
            return line.agents[at]
    return 0


# Weighted


cdef inline int64_t own_worth(const QueueRec* q, const AgentRec* a) noexcept nogil:
    """What of the weighted score is the agent's own, in thousandths."""
    return -1000 * q.weights[2] * a.occupancy - q.weights[1] * (a.idle_since // 1_000_000)


cdef uint32_t worthiest(Router* r, const ContactRec* c, const QueueRec* q, uint32_t cell,
                        int64_t floor) noexcept nogil:
    """The best agent of a cell by what is their own, then idle time; 0 when all are worth less than the floor.

    With occupancy, both orders are gone through side by side until nobody further on can be better
    (Fagin, Lotem and Naor, Optimal aggregation algorithms for middleware, PODS 2001).
    """
    cdef const Cell* k = &r.cells[cell]
    cdef uint32_t idle = k.idle.first, busy, chosen = 0, agent, turn
    cdef int64_t worth, best = 0, most
    if q.weights[2] == 0:
        return first_free(r, c, &k.idle, r.idle_nodes)
    busy = k.ranked[BY_OCCUPANCY].first
    while idle and busy:
        most = -1000 * q.weights[2] * r.ranked_nodes[BY_OCCUPANCY][busy].major \
            - q.weights[1] * (r.agents[idle].idle_since // 1_000_000)
        if most < floor or (chosen and best > most):
            break
        for turn in range(2):
            agent = busy if turn else idle
            if not holds_back(r, c, agent):
                worth = own_worth(q, &r.agents[agent])
                if chosen == 0 or worth > best \
                        or (worth == best and r.agents[agent].stamp < r.agents[chosen].stamp):
                    chosen = agent
                    best = worth
        idle = tree_next(r.idle_nodes, idle)
        busy = tree_next(r.ranked_nodes[BY_OCCUPANCY], busy)
    return chosen


cdef uint32_t choose_weighted(Router* r, const ContactRec* c, const QueueRec* q) noexcept nogil:
    """The highest score; cells whose longest idle agent could not be better even if they were the least occupied of all
    are passed by.
    """
    cdef uint32_t queue = r.visits[c.lead].queue, expr = lead_expr(r, c), chosen = 0, agent, cell, wish, i = 0, n = 0
    cdef int64_t worth, best = 0, common, least = 0
    cdef const Class* k = &r.classes[c.cls]
    cdef bint rated = not few_hold_somebody(r) and rating_made(r, c.cls, queue, expr)
    cdef Walk walk
    if q.weights[2] and r.ranked_all[BY_OCCUPANCY].first:
        least = 1000 * q.weights[2] * r.agents[r.ranked_all[BY_OCCUPANCY].first].occupancy
    memset(&walk, 0, sizeof(Walk))
    if rated:
        n = k.n_rated + k.n_unrated
    else:
        walk_start(r, &walk, c.cls)
    while True:
        if rated:
            while i < n and not bits_has(&r.ready, k.rated[i].cell):
                i += 1
            if i == n:
                break
            cell = k.rated[i].cell
            common = k.worth[i]
            i += 1
        else:
            cell = walk_next(r, &walk)
            if cell == 0:
                break
            common = cell_worth(r, q, expr, cell)
        if chosen and common - least - q.weights[1] * (r.cell_heads[cell].since // 1_000_000) < best:
            continue
        agent = worthiest(r, c, q, cell, best - common if chosen else -NEVER)
        if agent:
            worth = common + own_worth(q, &r.agents[agent])
            if chosen == 0 or worth > best or (worth == best and r.agents[agent].stamp < r.agents[chosen].stamp):
                chosen = agent
                best = worth
    wish = c.wishes
    while wish:
        if wish_fits(r, c, &r.wishes[wish]):
            agent = r.wishes[wish].agent
            worth = cell_worth(r, q, expr, r.agents[agent].cell) + own_worth(q, &r.agents[agent]) \
                + 1000 * q.weights[4] * r.wishes[wish].score
            if chosen == 0 or worth > best or (worth == best and r.agents[agent].stamp < r.agents[chosen].stamp):
                chosen = agent
                best = worth
        wish = r.wishes[wish].next
    return chosen


# Shares


cdef bint share_before(const QueueRec* q, uint32_t x, uint32_t y) noexcept nogil:
    """Is share x, another one than y, further below what it should have been given?"""
    cdef uint64_t a, b
    if x == q.n_shares or y == q.n_shares:
        return y == q.n_shares
    a = q.shares[x].given * q.shares[y].share
    b = q.shares[y].given * q.shares[x].share
    return a < b or (a == b and x < y)


cdef uint32_t choose_by_share(Router* r, const ContactRec* c, const QueueRec* q) noexcept nogil:
    """The share that is furthest below what it should have been given, then idle time."""
    cdef uint32_t chosen = 0, agent, cell, share, best = 0, i = 0, n = 0
    cdef const Class* k = &r.classes[c.cls]
    cdef bint rated = not few_hold_somebody(r) and rating_made(r, c.cls, r.visits[c.lead].queue, lead_expr(r, c))
    cdef Walk walk
    memset(&walk, 0, sizeof(Walk))
    if rated:
        n = k.n_rated + k.n_unrated
    else:
        walk_start(r, &walk, c.cls)
    while True:
        if rated:
            while i < n and not bits_has(&r.ready, k.rated[i].cell):
                i += 1
            if i == n:
                break
            cell = k.rated[i].cell
            share = <uint32_t>k.worth[i]
            i += 1
        else:
            cell = walk_next(r, &walk)
            if cell == 0:
                break
            share = share_of(r, q, &r.types[r.cells[cell].type])
        if chosen:
            if share == best:
                if r.cell_heads[cell].stamp >= r.idle_nodes[chosen].seq:
                    continue
            elif not share_before(q, share, best):
                continue
        agent = first_free(r, c, &r.cells[cell].idle, r.idle_nodes)
        if agent and (chosen == 0 or share != best or r.idle_nodes[agent].seq < r.idle_nodes[chosen].seq):
            chosen = agent
            best = share
    return chosen


cdef void shares_reset(Router* r) noexcept nogil:
    """Let every share have been given nothing."""
    cdef uint32_t queue, i
    for queue in range(1, r.queue_pool.used):
        for i in range(r.queues[queue].n_shares):
            r.queues[queue].shares[i].given = 0


# Orders


cdef uint32_t search_order(Router* r, const ContactRec* c, OrderSet* order, uint32_t start,
                           uint32_t end) noexcept nogil:
    """The first candidate at a position in [start, end)."""
    cdef uint32_t place = bits_next(&order.available, start)
    while place < end:
        if is_served(r, c, order.agents[place]):
            return order.agents[place]
        place = bits_next(&order.available, place + 1)
    return 0


cdef uint32_t first_of_few(Router* r, const ContactRec* c, const QueueRec* q, uint32_t start,
                           bint* few) noexcept nogil:
    """The next in the queue's order from a position on, by looking at all candidates; ``few``: they are few enough."""
    cdef Walk walk
    cdef uint32_t cell, agent, place, total = 0, chosen = 0
    cdef uint64_t key, best = 0
    walk_start(r, &walk, c.cls)
    cell = walk_next(r, &walk)
    while cell:
        total += r.cells[cell].idle.count
        if total > FEW_CELLS:
            return 0
        cell = walk_next(r, &walk)
    few[0] = True
    walk_start(r, &walk, c.cls)
    cell = walk_next(r, &walk)
    while cell:
        agent = r.cells[cell].idle.first
        while agent:
            if not holds_back(r, c, agent):
                place = order_position(r, agent, q.order)
                if place == NOWHERE:
                    key = 2ULL << 32 | r.agents[agent].place
                else:
                    key = <uint64_t>(place < start) << 32 | place
                if chosen == 0 or key < best:
                    chosen = agent
                    best = key
            agent = tree_next(r.idle_nodes, agent)
        cell = walk_next(r, &walk)
    return chosen


cdef uint32_t choose_in_order(Router* r, const ContactRec* c, QueueRec* q) noexcept nogil:
    """linear and round_robin; agents who are no members of the lead queue come last, in the configured order."""
    cdef OrderSet* order = &r.orders[q.order]
    cdef uint32_t start = 0
    cdef uint32_t agent
    cdef bint few = False
    if q.strategy == ROUND_ROBIN:
        start = order_position(r, q.last, q.order) if q.last else NOWHERE
        start = q.next_place if start == NOWHERE else start + 1
        if start >= order.n:
            start = 0
    if r.classes[c.cls].n_cells <= FEW_CELLS:
        agent = first_of_few(r, c, q, start, &few)
        if few:
            return agent
    agent = search_order(r, c, order, start, order.n)
    if agent == 0 and start:
        agent = search_order(r, c, order, 0, min(start, order.n))
    if agent == 0 and q.order != 1 and r.visits[c.visits].next:
        agent = search_order(r, c, &r.orders[1], 0, r.orders[1].n)
    return agent


cdef inline uint64_t draw(Router* r, const QueueRec* q, uint64_t i) noexcept nogil:
    return mix64(mix64(mix64(r.seed ^ q.id_hash) ^ q.matched) ^ i)


cdef uint32_t choose_random(Router* r, const ContactRec* c, QueueRec* q) noexcept nogil:
    """Draw places until a candidate sits there; when too few do, the candidate with the least draw of its own."""
    cdef OrderSet* order = &r.orders[q.order]
    cdef uint32_t agent, i, cell, chosen = 0
    cdef uint64_t key, best = 0
    cdef Walk walk
    if order.n:
        for i in range(DRAWS):
            agent = order.agents[draw(r, q, i) % order.n]
            if is_served(r, c, agent):
                return agent
    walk_start(r, &walk, c.cls)
    cell = walk_next(r, &walk)
    while cell:
        agent = r.cells[cell].idle.first
        while agent:
            if not holds_back(r, c, agent):
                key = draw(r, q, DRAWS + r.agents[agent].number)
                if chosen == 0 or key < best \
                        or (key == best and r.agents[agent].number < r.agents[chosen].number):
                    chosen = agent
                    best = key
            agent = tree_next(r.idle_nodes, agent)
        cell = walk_next(r, &walk)
    return chosen


cdef uint32_t choose_preferred(Router* r, const ContactRec* c) noexcept nogil:
    """The preferred candidate with the highest score, then idle time; 0 without any."""
    cdef uint32_t wish = c.wishes, agent, chosen = 0, best = 0
    cdef const Wish* w
    while wish:
        w = &r.wishes[wish]
        agent = w.agent
        if wish_fits(r, c, w) and (chosen == 0 or w.score > best
                                   or (w.score == best and r.agents[agent].stamp < r.agents[chosen].stamp)):
            chosen = agent
            best = w.score
        wish = w.next
    return chosen


cdef uint32_t choose_agent(Router* r, uint32_t contact) noexcept nogil:
    """The agent for a placed contact, or 0 when it has no candidate."""
    cdef const ContactRec* c = &r.contacts[contact]
    cdef QueueRec* q = &r.queues[r.visits[c.lead].queue]
    cdef uint32_t agent
    if c.drained and has_room(r, &r.agents[c.drained], &r.shapes[c.shape]):
        return c.drained
    if c.prefer_until or (c.wishes and q.strategy != WEIGHTED):
        agent = choose_preferred(r, c)
        if agent or c.prefer_until:
            return agent
    if q.strategy == LONGEST_IDLE or q.strategy >= RING_ALL:
        return choose_longest_idle(r, c)
    if q.strategy == LINEAR or q.strategy == ROUND_ROBIN:
        return choose_in_order(r, c, q)
    if q.strategy == RANDOM:
        return choose_random(r, c, q)
    if q.strategy == MOST_SKILLED or q.strategy == LEAST_SKILLED:
        return choose_skilled(r, c, q.strategy == MOST_SKILLED)
    if q.strategy == WEIGHTED:
        return choose_weighted(r, c, q)
    if q.strategy == PERCENT_ALLOCATION:
        return choose_by_share(r, c, q)
    return choose_ranked(r, c, BY_HANDLED if q.strategy == FEWEST_CONTACTS else BY_OCCUPANCY)


cdef uint32_t order_position(Router* r, uint32_t agent, uint32_t order) noexcept nogil:
    cdef const AgentRec* a = &r.agents[agent]
    cdef uint32_t i
    if order == 1:
        return a.place if a.place < r.orders[1].n and r.orders[1].agents[a.place] == agent else NOWHERE
    for i in range(a.n_orders):
        if a.orders[2 * i] == order:
            return a.orders[2 * i + 1]
    return NOWHERE


cdef inline void lead_matched(Router* r, const ContactRec* c, uint32_t agent) noexcept nogil:
    """Remember at the lead queue that it picked this agent."""
    cdef uint32_t queue = r.visits[c.lead].queue, share
    cdef QueueRec* q = &r.queues[queue]
    cdef const AgentType* t = &r.types[r.agents[agent].type]
    q.matched += 1
    if (r.visits[c.visits].next == 0 and c.wishes == 0) or is_member(r, t, queue):
        q.last = agent
    if q.n_shares:
        share = share_of(r, q, t)
        if share < q.n_shares:
            q.shares[share].given += 1
