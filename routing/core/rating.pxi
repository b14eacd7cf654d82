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


cdef void rating_add(Router* r, uint32_t cls, uint32_t cell) noexcept nogil:
    """A new cell may serve the class; without room for it the rating is forgotten."""
    cdef Class* k = &r.classes[cls]
    cdef Rated* rated
    if k.n_rated + k.n_unrated == k.rated_cap or k.n_unrated > 64 + k.n_rated // 16:
        k.rated_expr = 0
        return
    rated = &k.rated[k.n_rated + k.n_unrated]
    rated.cell = cell
    rated.score = cell_score(r, k.rated_expr, cell)
    k.n_unrated += 1


cdef bint rating_made(Router* r, uint32_t cls, uint32_t expr) noexcept nogil:
    """Make sure that the class has its cells in the order of this expression's score; False when memory is out."""
    cdef Class* k = &r.classes[cls]
    cdef const uint64_t* row = r.eligible + <size_t>cls * r.cell_words
    cdef uint32_t w, n = 0, cell
    cdef uint64_t m
    cdef void* moved
    if k.rated_expr == expr:
        return True
    for w in range(r.cell_words):
        m = row[w]
        while m:
            m &= m - 1
            n += 1
    if n + n // 8 + 64 > k.rated_cap:
        moved = take_longer(k.rated, <size_t>(n + n // 8 + 64) * sizeof(Rated))
        if moved == NULL:
            return False
        k.rated = <Rated*>moved
        k.rated_cap = n + n // 8 + 64
    n = 0
    for w in range(r.cell_words):
        m = row[w]
        while m:
            cell = (w << 6) | <uint32_t>ctz64(m)
            m &= m - 1
            k.rated[n].cell = cell
            k.rated[n].score = cell_score(r, expr, cell)
            n += 1
    qsort(k.rated, n, sizeof(Rated), rated_order)
    k.rated_expr = expr
    k.n_rated = n
    k.n_unrated = 0
    return True
