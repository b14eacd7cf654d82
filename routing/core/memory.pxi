# Allocation, arrays that grow, pools of slots, bit sets. Knows records only by their size.
#
# Slot 0 is never handed out. A record's first field is the link of the free list. The core allocates by `take`,
# `take_zeroed` and `take_longer` only, so that a test can let any allocation fail.


cdef uint64_t _until_failure = 0    # allocations up to and with the one that fails, 0 when none is to fail
cdef bint _failure_lasts = False    # all after it fail too
cdef uint64_t _failures = 0


def _fail_allocation(uint64_t nth, bint lasting=False):
    """Let the nth allocation from now on fail (0: none), ``lasting``: all after it too; for tests.

    Returns how many have failed since the last call. Counts over all engines of the process.
    """
    global _until_failure, _failure_lasts, _failures
    failures = _failures
    _until_failure = nth
    _failure_lasts = lasting
    _failures = 0
    return failures


cdef bint is_to_fail() noexcept nogil:
    global _until_failure, _failures
    if _until_failure > 1:
        _until_failure -= 1
        return False
    if not _failure_lasts:
        _until_failure = 0
    _failures += 1
    return True


cdef inline void* take(size_t size) noexcept nogil:
    if _until_failure and is_to_fail():
        return NULL
    return malloc(size)


cdef inline void* take_zeroed(size_t n, size_t size) noexcept nogil:
    if _until_failure and is_to_fail():
        return NULL
    return calloc(n, size)


cdef inline void* take_longer(void* old, size_t size) noexcept nogil:
    """The block moved to one of another size; when that fails the old one stands."""
    if _until_failure and is_to_fail():
        return NULL
    return realloc(old, size)


cdef int grow(void** items, uint32_t have, uint32_t want, size_t size) noexcept nogil:
    """Make room for ``want`` items, the new ones zeroed; -1 when memory is out (nothing changed)."""
    cdef void* moved = take_longer(items[0], want * size)
    if moved == NULL:
        return -1
    memset(<char*>moved + have * size, 0, (want - have) * size)
    items[0] = moved
    return 0


cdef inline uint32_t doubled(uint32_t have, uint32_t need) noexcept nogil:
    cdef uint32_t want = 64 if have < 64 else have
    while want < need:
        want *= 2
    return want


cdef inline uint32_t pool_take(Pool* pool, void* items, size_t size) noexcept nogil:
    """A zeroed slot; the caller has made sure that there is room."""
    cdef uint32_t slot = pool.free
    if slot:
        pool.free = (<uint32_t*>(<char*>items + slot * size))[0]
        memset(<char*>items + slot * size, 0, size)
    else:
        if pool.used == 0:
            pool.used = 1
        slot = pool.used
        pool.used += 1
    return slot


cdef inline void pool_give(Pool* pool, void* items, size_t size, uint32_t slot) noexcept nogil:
    memset(<char*>items + slot * size, 0, size)
    (<uint32_t*>(<char*>items + slot * size))[0] = pool.free
    pool.free = slot


cdef inline bint pool_full(Pool* pool, uint32_t spare) noexcept nogil:
    return pool.used + spare + 1 > pool.cap


cdef int bits_grow(Bits* bits, uint32_t n) noexcept nogil:
    """Let the set hold the integers below n."""
    cdef uint32_t words = (n + 63) // 64
    if words <= bits.n_words:
        return 0
    words = doubled(bits.n_words, words)
    if grow(<void**>&bits.words, bits.n_words, words, 8) < 0:
        return -1
    if grow(<void**>&bits.summary, (bits.n_words + 63) // 64, (words + 63) // 64, 8) < 0:
        return -1
    bits.n_words = words
    return 0


cdef inline void bits_set(Bits* bits, uint32_t i) noexcept nogil:
    bits.words[i >> 6] |= 1ULL << (i & 63)
    bits.summary[i >> 12] |= 1ULL << ((i >> 6) & 63)


cdef inline void bits_clear(Bits* bits, uint32_t i) noexcept nogil:
    cdef uint64_t word = bits.words[i >> 6] & ~(1ULL << (i & 63))
    bits.words[i >> 6] = word
    if word == 0:
        bits.summary[i >> 12] &= ~(1ULL << ((i >> 6) & 63))


cdef inline bint bits_has(Bits* bits, uint32_t i) noexcept nogil:
    return (bits.words[i >> 6] >> (i & 63)) & 1


cdef uint32_t bits_next(Bits* bits, uint32_t start) noexcept nogil:
    """The least member not below ``start``, or NOWHERE."""
    cdef uint32_t w = start >> 6
    cdef uint32_t s
    cdef uint64_t m
    if w >= bits.n_words:
        return NOWHERE
    m = bits.words[w] & (~0ULL << (start & 63))
    if m:
        return (w << 6) | <uint32_t>ctz64(m)
    w += 1
    s = w >> 6
    if w >= bits.n_words:
        return NOWHERE
    m = bits.summary[s] & (~0ULL << (w & 63))
    while m == 0:
        s += 1
        if s >= (bits.n_words + 63) // 64:
            return NOWHERE
        m = bits.summary[s]
    w = (s << 6) | <uint32_t>ctz64(m)
    return (w << 6) | <uint32_t>ctz64(bits.words[w])
