# Ratings: for a class, the cells that may serve it in the order of what their types score, best first.
#
# Made when a strategy first asks, so that it finds the best cell that holds somebody after a few looks instead of
# reckoning the score of all. Cells that come later stand unsorted at the end until there are too many of them.


cdef int rated_order(const void* a, const void* b) noexcept nogil:
    cdef const Rated* x = <const Rated*>a
    cdef const Rated* y = <const Rated*>b
    if x.score != y.score:
        return -1 if x.score > y.score else 1
    return -1 if x.cell < y.cell else 1


cdef inline int32_t cell_score(Router* r, uint32_t expr, uint32_t cell) noexcept nogil:
    return <int32_t>expr_score(&r.exprs[expr], &r.types[r.cells[cell].type])


cdef inline int64_t cell_worth(Router* r, const QueueRec* q, uint32_t expr, uint32_t cell) noexcept nogil:
    """What of the score of `weighted` agents of a cell have in common, in thousandths."""
    cdef const AgentType* t = &r.types[r.cells[cell].type]
    return 1000 * (q.weights[0] * expr_score(&r.exprs[expr], t) - q.weights[3] * t.cost)


cdef uint32_t share_of(Router* r, const QueueRec* q, const AgentType* t) noexcept nogil:
    """Which of the queue's shares the agents of a type fall into, n_shares for none."""
    cdef uint32_t i, w
    for i in range(q.n_shares):
        for w in range(t.n_watches):
            if t.watches[w] == q.shares[i].watch:
                return i
    return q.n_shares


cdef inline bint is_worth_kept(const QueueRec* q) noexcept nogil:
    return q.strategy == WEIGHTED or q.strategy == PERCENT_ALLOCATION


cdef inline int64_t rated_worth(Router* r, const QueueRec* q, uint32_t expr, uint32_t cell) noexcept nogil:
    """What is kept beside a cell's score: its share, or what its agents are worth."""
    if q.strategy == PERCENT_ALLOCATION:
        return share_of(r, q, &r.types[r.cells[cell].type])
    return cell_worth(r, q, expr, cell)


cdef void rating_add(Router* r, uint32_t cls, uint32_t cell) noexcept nogil:
    """A new cell may serve the class; without room for it the rating is forgotten."""
    cdef Class* k = &r.classes[cls]
    cdef uint32_t n = k.n_rated + k.n_unrated
    if n == k.rated_cap or k.n_unrated > 64 + k.n_rated // 16:
        k.rated_expr = 0
        return
    k.rated[n].cell = cell
    k.rated[n].score = cell_score(r, k.rated_expr, cell)
    if k.worth != NULL:
        k.worth[n] = rated_worth(r, &r.queues[k.rated_for], k.rated_expr, cell)
    k.n_unrated += 1


cdef bint rating_made(Router* r, uint32_t cls, uint32_t queue, uint32_t expr) noexcept nogil:
    """Make sure that the class has its cells in the order of this expression's score.

    False when memory is out, or when they are in that of another already: nothing is made anew from call to call.
    """
    cdef Class* k = &r.classes[cls]
    cdef const QueueRec* q = &r.queues[queue]
    cdef const uint64_t* row = r.eligible + <size_t>cls * r.cell_words
    cdef uint32_t w, n = 0, cell, cap = k.n_cells + k.n_cells // 8 + 16
    cdef uint64_t m
    if k.rated_expr:
        return k.rated_expr == expr and (k.rated_for == queue or not is_worth_kept(q))
    free(k.rated)
    free(k.worth)
    k.worth = NULL
    k.rated_cap = 0
    k.rated = <Rated*>take(<size_t>cap * sizeof(Rated))
    if k.rated == NULL:
        return False
    if is_worth_kept(q):
        k.worth = <int64_t*>take(<size_t>cap * sizeof(int64_t))
        if k.worth == NULL:
            return False
    k.rated_cap = cap
    for w in range(r.cell_words):
        m = row[w]
        while m:
            cell = (w << 6) | <uint32_t>ctz64(m)
            m &= m - 1
            k.rated[n].cell = cell
            k.rated[n].score = cell_score(r, expr, cell)
            n += 1
    qsort(k.rated, n, sizeof(Rated), rated_order)
    if k.worth != NULL:
        for w in range(n):
            k.worth[w] = rated_worth(r, q, expr, k.rated[w].cell)
    k.rated_expr = expr
    k.rated_for = queue
    k.n_rated = n
    k.n_unrated = 0
    return True
