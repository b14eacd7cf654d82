# Buckets, cells and sums: leaves on plain records.


cdef inline int32_t bucket_of(int64_t value_ns, int32_t shift) noexcept nogil:
    """Return the bucket that a value lies in."""
    cdef uint64_t units = <uint64_t>value_ns >> shift
    cdef int32_t octave = 57 - clz64(units | 64)
    return (octave << 6) + <int32_t>(units >> octave)


cdef inline int32_t octave_of(int32_t bucket) noexcept nogil:
    return (bucket >> 6) - 1 if bucket >= 128 else 0


cdef inline int64_t lowest_of(int32_t bucket, int32_t shift) noexcept nogil:
    """Return the least value of a bucket."""
    cdef int32_t octave = octave_of(bucket)
    return <int64_t>(bucket - (octave << 6)) << (octave + shift)


cdef inline int64_t highest_of(int32_t bucket, int32_t shift) noexcept nogil:
    """Return the greatest value of a bucket."""
    return lowest_of(bucket, shift) + ((<int64_t>1 << (octave_of(bucket) + shift)) - 1)


cdef inline int64_t middle_of(int32_t bucket, int32_t shift) noexcept nogil:
    """Return the value that stands for a bucket."""
    return lowest_of(bucket, shift) + ((<int64_t>1 << (octave_of(bucket) + shift)) >> 1)


cdef inline int32_t buckets_of(int32_t shift) noexcept nogil:
    """Return how many buckets there are."""
    return bucket_of(MAX_NS, shift) + 1


cdef int grow(Cells* cells, int32_t bucket) except -1:
    """Make room for a bucket, and for the rest of its octave."""
    cdef int32_t room = ((bucket >> 6) + 1) << 6
    cdef int64_t* at
    if bucket < cells.room:
        return 0
    at = <int64_t*>realloc(cells.at, <size_t>room * sizeof(int64_t))
    if at == NULL:
        raise MemoryError()
    memset(at + cells.room, 0, <size_t>(room - cells.room) * sizeof(int64_t))
    cells.at = at
    cells.room = room
    return 0


cdef inline void count_value(Sums* sums, int64_t value_ns) noexcept nogil:
    """Add one value to the sums."""
    if sums.count == 0:
        sums.least = value_ns
        sums.greatest = value_ns
    elif value_ns < sums.least:
        sums.least = value_ns
    elif value_ns > sums.greatest:
        sums.greatest = value_ns
    sums.count += 1
    sums.low += <uint64_t>value_ns
    if sums.low < <uint64_t>value_ns:
        sums.high += 1


cdef void add_sums(Sums* sums, const Sums* more) noexcept nogil:
    """Add sums to sums."""
    if more.count == 0:
        return
    if sums.count == 0:
        sums[0] = more[0]
        return
    sums.least = min(sums.least, more.least)
    sums.greatest = max(sums.greatest, more.greatest)
    sums.count += more.count
    sums.low += more.low
    sums.high += more.high + <uint64_t>(sums.low < more.low)


cdef void take_sums(Sums* sums, const Sums* less) noexcept nogil:
    """Take sums away again; least and greatest stay as they are."""
    sums.count -= less.count
    sums.high -= less.high + <uint64_t>(sums.low < less.low)
    sums.low -= less.low


cdef void empty_pane(Pane* pane) noexcept nogil:
    """Forget what a pane holds."""
    free(pane.listed)
    free(pane.cells.at)
    memset(pane, 0, sizeof(Pane))


cdef int count_in_pane(Pane* pane, int32_t bucket, int64_t times) except -1:
    """Count a bucket some times in a pane; its sums are the caller's to add, afterwards."""
    cdef int64_t count = pane.sums.count
    cdef int64_t i
    cdef int32_t room
    cdef uint16_t* listed
    if pane.cells.at == NULL and count + times > LISTED_MAX:
        count_instead(pane, bucket)
    if pane.cells.at != NULL:
        grow(&pane.cells, bucket)
        pane.cells.at[bucket] += times
        return 0
    if count + times > pane.room:
        room = min(LISTED_MAX, max(8, 2 * pane.room, <int32_t>(count + times)))
        listed = <uint16_t*>realloc(pane.listed, <size_t>room * sizeof(uint16_t))
        if listed == NULL:
            raise MemoryError()
        pane.listed = listed
        pane.room = room
    for i in range(count, count + times):
        pane.listed[i] = <uint16_t>bucket
    return 0


cdef int count_instead(Pane* pane, int32_t bucket) except -1:
    """Count the values of a pane by bucket from now on."""
    cdef int64_t i
    cdef Cells cells
    for i in range(pane.sums.count):
        bucket = max(bucket, <int32_t>pane.listed[i])
    cells.at = NULL
    cells.room = 0
    grow(&cells, bucket)
    for i in range(pane.sums.count):
        cells.at[pane.listed[i]] += 1
    pane.cells = cells
    free(pane.listed)
    pane.listed = NULL
    pane.room = 0
    return 0
