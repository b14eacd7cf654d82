# The histogram of a rolling window.


@cython.final
cdef class RollingHistogram:
    """A histogram of the values of the last while, cut into panes that go one by one.

    Parameters
    ----------
    panes : int
        How many panes the window has, from 1 to 100,000.
    pane_ns : int
        Width of a pane; panes begin at multiples of it.
    floor_ns : int, default 2^20
        As of a `Histogram`.

    Notes
    -----
    The window is the pane of the latest instant that was told, by `add` or by `advance`, and the ``panes - 1`` before
    it: it covers at least (panes - 1) * pane_ns and at most panes * pane_ns. A value belongs to the pane of its
    instant, in whatever order values come; one that is older than the window is not counted.

    A value costs O(1), and O(1) more when its pane goes; the counts of the whole window are kept along.

    Memory: 72 bytes a pane, 2 bytes a value (at most 22.5 kB a pane), and the counts of the whole window, as of a
    `Histogram`. With 180 panes and waits of up to 4 minutes that is 23 kB for a quiet queue.

    Examples
    --------
    >>> from routing.units import SECOND
    >>> waits = RollingHistogram(panes=3, pane_ns=10 * SECOND)
    >>> for at in range(60):
    ...     _ = waits.add((at + 1) * SECOND, at * SECOND)
    >>> waits.count, waits.window().least_ns // SECOND, waits.window(1).least_ns // SECOND
    (30, 31, 51)
    >>> waits.advance(75 * SECOND)
    >>> waits.count
    10
    """

    def __cinit__(self, panes: int, pane_ns: int, floor_ns: int = 1 << 20):
        self.number = <int32_t>whole(panes, "panes", 1, PANES_MAX)
        self.width_ns = whole(pane_ns, "pane_ns", 1, MAX_NS >> 1)
        self.shift = shift_of(floor_ns)
        self.ring = <Pane*>calloc(<size_t>self.number, sizeof(Pane))
        if self.ring == NULL:
            raise MemoryError()

    def __dealloc__(self):
        cdef int32_t i
        if self.ring != NULL:
            for i in range(self.number):
                empty_pane(&self.ring[i])
            free(self.ring)
        free(self.cells.at)

    # ------------------------------------------------------------------------------------------- counting

    cdef int put(self, int64_t value_ns, int64_t at_ns) except -1:
        """Count a value; 1 if it lies in the window, else 0. For compiled modules."""
        cdef int64_t number = self.head
        cdef int32_t bucket
        cdef Pane* pane
        if value_ns < 0 or value_ns > MAX_NS:
            return outside(value_ns, "value_ns")
        if at_ns < self.start_ns or at_ns - self.start_ns >= self.width_ns:
            if at_ns < 0 or at_ns > MAX_NS:
                return outside(at_ns, "at_ns")
            number = at_ns // self.width_ns
            if number > self.head:
                self.move(number)
            elif number <= self.head - self.number:
                return 0
        bucket = bucket_of(value_ns, self.shift)
        if bucket >= self.cells.room:
            grow(&self.cells, bucket)
        pane = &self.ring[number % self.number]
        if pane.sums.count < pane.room:
            pane.listed[pane.sums.count] = <uint16_t>bucket
        elif bucket < pane.cells.room:
            pane.cells.at[bucket] += 1
        else:
            count_in_pane(pane, bucket, 1)
        self.cells.at[bucket] += 1
        count_value(&pane.sums, value_ns)
        count_value(&self.sums, value_ns)
        return 1

    cdef void move(self, int64_t head) noexcept:
        """Make a later pane the latest; those that leave the window are emptied."""
        cdef int64_t number = max(self.head + 1, head - self.number + 1)
        cdef int64_t i
        cdef Pane* pane
        while number <= head:
            pane = &self.ring[number % self.number]
            if pane.cells.at != NULL:
                for i in range(pane.cells.room):
                    self.cells.at[i] -= pane.cells.at[i]
            else:
                for i in range(pane.sums.count):
                    self.cells.at[pane.listed[i]] -= 1
            take_sums(&self.sums, &pane.sums)
            empty_pane(pane)
            number += 1
        self.head = head
        self.start_ns = head * self.width_ns

    def add(self, value_ns: int, at_ns: int) -> bool:
        """Count a value of an instant; O(1).

        Parameters
        ----------
        value_ns : int
            From 0 to 2^62.
        at_ns : int
            From 0 to 2^62. A later pane than any before moves the window.

        Returns
        -------
        bool
            False if the instant lies before the window, so that the value is not counted.
        """
        cdef int64_t value = whole(value_ns, "value_ns", 0, MAX_NS)
        return self.put(value, whole(at_ns, "at_ns", 0, MAX_NS)) != 0

    def add_many(self, values_ns: object, at_ns: object) -> int:
        """Count all values of an array of 64-bit integers; all or, if one is wrong, none.

        Parameters
        ----------
        values_ns : buffer of int64
            Such as ``array("q")``.
        at_ns : int or buffer of int64
            The instant of all of them, or as many instants.

        Returns
        -------
        int
            How many lay in the window.
        """
        cdef Py_buffer buffer
        cdef Values values
        cdef int64_t counted = 0
        cdef int64_t at
        cdef Py_ssize_t i
        open_values(&buffer, &values, values_ns, "values_ns")
        try:
            if not isinstance(at_ns, int):
                return self.add_each(values_ns, at_ns)
            at = whole(at_ns, "at_ns", 0, MAX_NS)
            for i in range(values.length):
                counted += self.put(values.at[i], at)
        finally:
            PyBuffer_Release(&buffer)
        return counted

    cdef int64_t add_each(self, object values_ns, object ats_ns) except -1:
        """Count each value at its own instant."""
        cdef Py_buffer buffer
        cdef Py_buffer instants
        cdef Values values
        cdef Values ats
        cdef int64_t counted = 0
        cdef Py_ssize_t i
        open_values(&instants, &ats, ats_ns, "at_ns")
        try:
            open_values(&buffer, &values, values_ns, "values_ns")
            try:
                if ats.length != values.length:
                    raise UsageError(f"there are {values.length} values and {ats.length} instants; give as many")
                for i in range(values.length):
                    counted += self.put(values.at[i], ats.at[i])
            finally:
                PyBuffer_Release(&buffer)
        finally:
            PyBuffer_Release(&instants)
        return counted

    def advance(self, at_ns: int) -> None:
        """Say what time it is: the window ends with the pane of this instant, unless it is later already."""
        cdef int64_t number = whole(at_ns, "at_ns", 0, MAX_NS) // self.width_ns
        if number > self.head:
            self.move(number)

    cdef int count_pane(self, Pane* pane, const Cells* more, const Sums* sums) except -1:
        """Add counts to a pane and to the whole window."""
        cdef int32_t bucket
        cdef Sums before = pane.sums
        if more.room:
            grow(&self.cells, more.room - 1)
        for bucket in range(more.room):
            if more.at[bucket]:
                count_in_pane(pane, bucket, more.at[bucket])
                pane.sums.count += more.at[bucket]  # so that it knows how many it lists
                self.cells.at[bucket] += more.at[bucket]
        pane.sums = before
        add_sums(&pane.sums, sums)
        add_sums(&self.sums, sums)
        return 0

    def merge(self, other: RollingHistogram) -> None:
        """Add what another one, with as many panes of the same width and floor, holds in the common window.

        The window ends where the later of the two ends. Merging what several queues or nodes have counted, in
        whatever order, gives the histogram of all their values.

        Raises
        ------
        UsageError
            If panes, width or floor differ; nothing is changed then.
        """
        cdef RollingHistogram more
        cdef Histogram part
        cdef int64_t number
        if not isinstance(other, RollingHistogram):
            raise UsageError(f"{other!r} is no RollingHistogram; merge rolling ones with rolling ones")
        more = other
        mine = (self.panes, self.pane_ns, self.floor_ns)
        if mine != (other.panes, other.pane_ns, other.floor_ns):
            raise UsageError(
                f"panes, pane_ns and floor_ns {(other.panes, other.pane_ns, other.floor_ns)} are not {mine}; "
                "rolling histograms must have the same"
            )
        if more.head > self.head:
            self.move(more.head)
        for number in range(max(0, self.head - self.number + 1), more.head + 1):
            part = more.part(number)
            self.count_pane(&self.ring[number % self.number], &part.cells, &part.sums)

    # -------------------------------------------------------------------------------------------- reading

    @property
    def panes(self) -> int:
        """How many panes the window has."""
        return self.number

    @property
    def pane_ns(self) -> int:
        """Width of a pane."""
        return self.width_ns

    @property
    def floor_ns(self) -> int:
        """From here on the error is at most 1/128 of the value."""
        return <int64_t>64 << self.shift

    @property
    def end_ns(self) -> int:
        """Where the window ends: with the pane of the latest instant."""
        return self.start_ns + self.width_ns

    @property
    def count(self) -> int:
        """How many values lie in the window; exact."""
        return self.sums.count

    @property
    def size_bytes(self) -> int:
        """Memory that panes and counts take."""
        cdef int32_t i
        cdef int64_t size = self.number * <int64_t>sizeof(Pane) + self.cells.room * <int64_t>sizeof(int64_t)
        for i in range(self.number):
            size += self.ring[i].room * <int64_t>sizeof(uint16_t)
            size += self.ring[i].cells.room * <int64_t>sizeof(int64_t)
        return size

    cdef Histogram part(self, int64_t number):
        """Return what the pane of a number holds, which must lie in the window."""
        cdef Histogram made = Histogram(self.floor_ns)
        cdef Pane* pane = &self.ring[number % self.number]
        cdef int64_t i
        if pane.cells.at != NULL:
            made.count_cells(&pane.cells)
        for i in range(pane.sums.count if pane.cells.at == NULL else 0):
            grow(&made.cells, pane.listed[i])
            made.cells.at[pane.listed[i]] += 1
        made.sums = pane.sums
        return made

    def window(self, panes: int | None = None) -> Histogram:
        """Return the histogram of the whole window or, with a number of panes, of the latest of them.

        O(buckets + panes) for the whole window; O(values, or buckets, of each pane) for a part of it.

        Raises
        ------
        UsageError
            If the window has not so many panes.
        """
        cdef Histogram made = Histogram(self.floor_ns)
        cdef int64_t wanted = self.number if panes is None else whole(panes, "panes", 1, self.number)
        cdef int64_t number
        cdef int32_t i
        if wanted < self.number:
            for number in range(max(0, self.head - wanted + 1), self.head + 1):
                made.merge(self.part(number))
            return made
        made.count_cells(&self.cells)
        for i in range(self.number):
            add_sums(&made.sums, &self.ring[i].sums)
        return made

    def quantile(self, share: float, panes: int | None = None) -> int | None:
        """Return a quantile of the window, or of its latest panes, as `Histogram.quantile` does."""
        return self.window(panes).quantile(share)

    # --------------------------------------------------------------------------------------------- saving

    def snapshot(self) -> bytes:
        """Return everything as bytes; the same values of the same instants, the same bytes."""
        cdef Histogram part
        cdef int64_t number
        parts = []
        for number in range(max(0, self.head - self.number + 1), self.head + 1):
            part = self.part(number)
            parts.append(saved_cells(&part.cells, &part.sums))
        return msgspec.msgpack.encode(
            ["rolling", VERSION, self.shift, self.panes, self.pane_ns, self.head, parts]
        )

    @staticmethod
    def restore(data: bytes) -> RollingHistogram:
        """Build the one that bytes were taken of.

        Raises
        ------
        CorruptSnapshotError
            If they are none of ours, damaged, or of another version.
        """
        cdef RollingHistogram made
        cdef Histogram part
        cdef int64_t number
        _, _, shift, panes, pane_ns, head, parts = opened(data, "rolling", 7)
        if any([type(field) is not int for field in (shift, panes, pane_ns, head)]) or type(parts) is not list:
            corrupt("a field has another type")
        if not (
            0 <= shift <= 55
            and 1 <= panes <= PANES_MAX
            and 1 <= pane_ns <= MAX_NS >> 1
            and 0 <= head <= MAX_NS // pane_ns
            and len(parts) == min(panes, head + 1)
        ):
            corrupt("a field is out of bounds")
        made = RollingHistogram(panes, pane_ns, <int64_t>64 << <int32_t>shift)
        made.move(head)
        for number, saved in enumerate(parts, head - len(parts) + 1):
            part = histogram_of(saved, shift)
            made.count_pane(&made.ring[number % made.number], &part.cells, &part.sums)
        if made.sums.count > MAX_NS:
            corrupt("there are too many values")
        return made
