# The histogram of all values it was ever given.


@cython.final
cdef class Histogram:
    """How many durations were about how long; any quantile of them is at most 1 % off.

    Parameters
    ----------
    floor_ns : int, default 2^20 (about a millisecond)
        A power of two from 64 on. From here on the error is at most 1/128 of the value; below it is at most
        floor_ns/128 (about 8 microseconds). Histograms that are added up must have the same.

    Notes
    -----
    Memory: 8 bytes a bucket, up to the octave of the greatest value seen: 9.7 kB for waits of up to 4 minutes, 11.8 kB
    for up to an hour, 14.8 kB for up to two days, 22.5 kB at the utmost.

    Examples
    --------
    >>> from routing.units import SECOND
    >>> waits = Histogram()
    >>> for seconds in range(1, 101):
    ...     waits.add(seconds * SECOND)
    >>> waits.count, waits.sum_ns // SECOND, waits.least_ns // SECOND, waits.greatest_ns // SECOND
    (100, 5050, 1, 100)
    >>> waits.quantile(0.5) / SECOND, waits.share_at_most(20 * SECOND)
    (49.928994816, 0.2)
    """

    def __cinit__(self, floor_ns: int = 1 << 20):
        self.shift = shift_of(floor_ns)

    def __dealloc__(self):
        free(self.cells.at)

    # ------------------------------------------------------------------------------------------- counting

    cdef int put(self, int64_t value_ns) except -1:
        """Count a value; for compiled modules."""
        cdef int32_t bucket
        if value_ns < 0 or value_ns > MAX_NS:
            return outside(value_ns, "value_ns")
        bucket = bucket_of(value_ns, self.shift)
        if bucket >= self.cells.room:
            grow(&self.cells, bucket)
        self.cells.at[bucket] += 1
        count_value(&self.sums, value_ns)
        return 0

    def add(self, value_ns: int) -> None:
        """Count a value from 0 to 2^62 ns. O(1)."""
        self.put(whole(value_ns, "value_ns", 0, MAX_NS))

    def add_many(self, values_ns: object) -> None:
        """Count all values of an array of 64-bit integers, such as ``array("q")``; all or, if one is wrong, none."""
        cdef Py_buffer buffer
        cdef Values values
        cdef Py_ssize_t i
        open_values(&buffer, &values, values_ns, "values_ns")
        try:
            for i in range(values.length):
                self.put(values.at[i])
        finally:
            PyBuffer_Release(&buffer)

    cdef int count_cells(self, const Cells* more) except -1:
        cdef int32_t bucket
        if more.room > self.cells.room:
            grow(&self.cells, more.room - 1)
        for bucket in range(more.room):
            self.cells.at[bucket] += more.at[bucket]
        return 0

    def merge(self, other: Histogram) -> None:
        """Add everything that another histogram has counted: the result is that of all values. O(buckets).

        Raises
        ------
        UsageError
            If the other one has another floor.
        """
        cdef Histogram more = self.twin(other)
        self.count_cells(&more.cells)
        add_sums(&self.sums, &more.sums)

    def subtract(self, other: Histogram) -> None:
        """Take away everything that another histogram, a part of this one, has counted. O(buckets).

        Count and sum stay exact. The least and the greatest value may have gone; then the middles of the outermost
        buckets in use stand for them, at most 1 % off.

        Raises
        ------
        UsageError
            If the other one has another floor or is no part of this one; nothing is changed then.
        """
        cdef Histogram less = self.twin(other)
        cdef int32_t bucket
        for bucket in range(less.cells.room):
            if less.cells.at[bucket] > (self.cells.at[bucket] if bucket < self.cells.room else 0):
                raise UsageError(
                    f"from {lowest_of(bucket, self.shift)} ns on there are fewer values than are to be taken away; "
                    "subtract only what was merged"
                )
        if (less.sums.high, less.sums.low) > (self.sums.high, self.sums.low):
            raise UsageError("the sum of what is to be taken away is greater; subtract only what was merged")
        for bucket in range(min(less.cells.room, self.cells.room)):
            self.cells.at[bucket] -= less.cells.at[bucket]
        take_sums(&self.sums, &less.sums)
        self.find_ends()

    cdef void find_ends(self) noexcept:
        """Let the middles of the outermost buckets stand for the least and the greatest value."""
        cdef int32_t bucket = 0
        cdef int64_t least = self.sums.least
        cdef int64_t greatest = self.sums.greatest
        if self.sums.count == 0:
            return
        while self.cells.at[bucket] == 0:
            bucket += 1
        self.sums.least = min(max(middle_of(bucket, self.shift), least), greatest)
        bucket = self.cells.room - 1
        while self.cells.at[bucket] == 0:
            bucket -= 1
        self.sums.greatest = min(max(middle_of(bucket, self.shift), least), greatest)

    cdef Histogram twin(self, object other):
        """Look at another one to reckon with: it must have the same floor."""
        if not isinstance(other, Histogram):
            raise UsageError(f"{other!r} is no Histogram; merge histograms with histograms")
        if (<Histogram>other).shift != self.shift:
            raise UsageError(f"floor_ns {other.floor_ns} is not {self.floor_ns}; histograms must have the same")
        return other

    def copy(self) -> Histogram:
        """Return another one that has counted the same."""
        cdef Histogram made = Histogram(self.floor_ns)
        made.merge(self)
        return made

    # -------------------------------------------------------------------------------------------- reading

    @property
    def floor_ns(self) -> int:
        """From here on the error is at most 1/128 of the value."""
        return <int64_t>64 << self.shift

    @property
    def count(self) -> int:
        """How many values there are; exact."""
        return self.sums.count

    @property
    def sum_ns(self) -> int:
        """The sum of all values; exact."""
        return (int(self.sums.high) << 64) + self.sums.low

    @property
    def least_ns(self) -> int | None:
        """The least value; exact unless something was subtracted; ``None`` if there is no value."""
        return self.sums.least if self.sums.count else None

    @property
    def greatest_ns(self) -> int | None:
        """The greatest value; exact unless something was subtracted; ``None`` if there is no value."""
        return self.sums.greatest if self.sums.count else None

    @property
    def size_bytes(self) -> int:
        """Memory that the counts take."""
        return self.cells.room * sizeof(int64_t)

    cdef int64_t at_rank(self, int64_t rank) noexcept:
        """Return what stands for the value of a rank, from 1."""
        cdef int32_t bucket = -1
        cdef int64_t below = 0
        if rank <= 1:
            return self.sums.least
        if rank >= self.sums.count:
            return self.sums.greatest
        while below < rank:
            bucket += 1
            below += self.cells.at[bucket]
        return min(max(middle_of(bucket, self.shift), self.sums.least), self.sums.greatest)

    def quantile(self, share: float) -> int | None:
        """Return the least value that a share of all values does not exceed. O(buckets).

        The nearest-rank definition: with n values in rising order, the one at place ceil(share * n), counted from 1;
        for a share of 0 the first. The share is taken to the nearest millionth.

        Parameters
        ----------
        share : float
            From 0 to 1: the median is 0.5, p99.9 is 0.999.

        Returns
        -------
        int or None
            The middle of the bucket that the very value lies in, or the least or greatest value if that is nearer:
            at most 1/128 of the value off (see the module). ``None`` if there is no value.
        """
        cdef int64_t millionths = millionths_of(share)
        if self.sums.count == 0:
            return None
        return self.at_rank(-(-millionths * int(self.sums.count) // 1_000_000))

    def count_at_most(self, value_ns: int) -> int:
        """Return how many values are at most this; exact for a value that is at most 1/128 off. O(buckets)."""
        cdef int64_t value = whole(value_ns, "value_ns", 0, MAX_NS)
        cdef int64_t count = 0
        cdef int32_t bucket
        cdef int32_t last = bucket_of(value, self.shift)
        if self.sums.count == 0 or value < self.sums.least:
            return 0
        if value >= self.sums.greatest:
            return self.sums.count
        if value < middle_of(last, self.shift):
            last -= 1
        for bucket in range(min(last + 1, self.cells.room)):
            count += self.cells.at[bucket]
        return max(count, 1)  # the least value itself

    def share_at_most(self, value_ns: int) -> float | None:
        """Return the share of values that are at most this: the inverse of `quantile`; ``None`` without values."""
        count = self.count_at_most(value_ns)
        return count / self.count if self.sums.count else None

    def buckets(self) -> list[tuple[int, int]]:
        """Return the buckets in use, in rising order: the greatest value of each, and how many it holds."""
        cdef int32_t bucket
        return [
            (highest_of(bucket, self.shift), self.cells.at[bucket])
            for bucket in range(self.cells.room)
            if self.cells.at[bucket]
        ]

    # --------------------------------------------------------------------------------------------- saving

    def snapshot(self) -> bytes:
        """Return everything as bytes: the same values, the same bytes. About 3 bytes for each bucket in use."""
        return msgspec.msgpack.encode(["histogram", VERSION, self.shift, saved_cells(&self.cells, &self.sums)])

    @staticmethod
    def restore(data: bytes) -> Histogram:
        """Build the histogram that bytes were taken of.

        Raises
        ------
        CorruptSnapshotError
            If they are none of ours, damaged, or of another version.
        """
        _, _, shift, saved = opened(data, "histogram", 4)
        if type(shift) is not int or not 0 <= shift <= 55:
            corrupt(f"a floor of 64 << {shift!r} ns is out of bounds")
        return histogram_of(saved, shift)
