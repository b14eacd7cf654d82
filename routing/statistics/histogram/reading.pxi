# What comes from outside, and what goes there: checked numbers, arrays, saved states.

cdef struct Values:
    const int64_t* at
    Py_ssize_t length


cdef int64_t whole(object value, str name, int64_t least, int64_t most) except? -1:
    """Read a whole number within bounds."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise UsageError(f"{name} {value!r} is not a whole number from {least} to {most}")
    return value


cdef int32_t shift_of(object floor_ns) except -1:
    """Read a floor: 64 units of 2^shift ns."""
    cdef int64_t floor = whole(floor_ns, "floor_ns", 64, <int64_t>1 << 61)
    if floor & (floor - 1):
        raise UsageError(f"floor_ns {floor} is no power of two; the default is {1 << 20}, about a millisecond")
    return 57 - clz64(<uint64_t>floor)


cdef int64_t millionths_of(object share) except -1:
    """Read a share as millionths."""
    if not isinstance(share, (int, float)) or isinstance(share, bool) or not 0 <= share <= 1:
        raise UsageError(f"the share {share!r} is not a number from 0 to 1; the median is 0.5")
    return round(share * 1_000_000)


cdef int outside(int64_t value_ns, str name) except -1:
    raise UsageError(f"{name} {value_ns} is not from 0 to {MAX_NS}")


cdef int open_values(Py_buffer* buffer, Values* values, object source, str name) except -1:
    """Look at an array of 64-bit integers, each within bounds. It must be released afterwards."""
    cdef Py_ssize_t i
    cdef int64_t wrong
    try:
        PyObject_GetBuffer(source, buffer, PyBUF_ND | PyBUF_FORMAT)
    except (TypeError, BufferError) as error:
        raise UsageError(f"{name} is no array of 64-bit integers; give array('q', ...)") from error
    if buffer.ndim != 1 or buffer.itemsize != 8 or buffer.format[0] not in b"ql" or buffer.format[1] != 0:
        PyBuffer_Release(buffer)
        raise UsageError(f"{name} is no plain array of 64-bit integers; give array('q', ...)")
    values.at = <const int64_t*>buffer.buf
    values.length = buffer.shape[0]
    for i in range(values.length):
        if values.at[i] < 0 or values.at[i] > MAX_NS:
            wrong = values.at[i]
            PyBuffer_Release(buffer)
            return outside(wrong, name)
    return 0


cdef list saved_cells(const Cells* cells, const Sums* sums):
    """Write counts down: sums, then how far it is to the next bucket in use and what it holds, again and again."""
    cdef int32_t bucket
    cdef int32_t last = 0
    cdef list saved = [sums.count, sums.low, sums.high]
    if sums.count:
        saved += [sums.least, sums.greatest]
    for bucket in range(cells.room):
        if cells.at[bucket]:
            saved.append(bucket - last)
            saved.append(cells.at[bucket])
            last = bucket
    return saved


cdef int corrupt(str what) except -1:
    raise CorruptSnapshotError(f"these bytes are no saved histogram: {what}; take a snapshot that is whole")


cdef list opened(object data, str kind, Py_ssize_t length):
    """Read the envelope of a saved state: kind, version, and what follows."""
    try:
        saved = msgspec.msgpack.decode(data)
    except (msgspec.MsgspecError, ValueError, TypeError, RecursionError) as error:
        raise CorruptSnapshotError(f"these bytes are no saved histogram: {error}; take one that is whole") from error
    if type(saved) is not list or len(saved) < 2 or saved[0] != kind:
        corrupt(f"they do not start with {kind!r}")
    if saved[1] != VERSION:
        corrupt(f"version {saved[1]!r} is not {VERSION}")
    if len(saved) != length:
        corrupt(f"{len(saved)} parts are not {length}")
    return saved


cdef Histogram histogram_of(object saved, int32_t shift):
    """Build a histogram from counts that were written down, and prove it sound."""
    cdef Histogram made = Histogram(<int64_t>64 << shift)
    cdef Py_ssize_t i
    if type(saved) is not list or len(saved) < 3 or any([type(part) is not int for part in saved]):
        corrupt("counts are not a list of numbers")
    total, low, high = saved[:3]
    if total == 0 and saved == [0, 0, 0]:
        return made
    if len(saved) < 7 or len(saved) % 2 == 0 or min(saved) < 0 or max(saved[3:5]) > MAX_NS or max(saved) >= 1 << 64:
        corrupt("counts are out of bounds")
    buckets = []
    bucket = 0
    lower = upper = held = 0
    for i in range(5, len(saved), 2):
        bucket += saved[i]
        if bucket >= buckets_of(shift) or (i > 5 and saved[i] == 0) or not 1 <= saved[i + 1] <= MAX_NS:
            corrupt("a bucket is out of bounds")
        buckets.append((bucket, saved[i + 1]))
        lower += int(lowest_of(bucket, shift)) * saved[i + 1]
        upper += int(highest_of(bucket, shift)) * saved[i + 1]
        held += saved[i + 1]
    if (
        held != total
        or total > MAX_NS
        or not lower <= (high << 64) + low <= upper
        or bucket_of(saved[3], shift) != saved[5]
        or bucket_of(saved[4], shift) != bucket
        or saved[3] > saved[4]
    ):
        corrupt("sums and counts do not agree")
    grow(&made.cells, bucket)
    for bucket, held in buckets:
        made.cells.at[<int32_t>bucket] = held
    made.sums.count = total
    made.sums.low = low
    made.sums.high = high
    made.sums.least = saved[3]
    made.sums.greatest = saved[4]
    return made
