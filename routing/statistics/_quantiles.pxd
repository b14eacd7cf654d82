# The map of the histograms: every record, field by field. Values are nanoseconds from 0 to 2^62.
#
# Another compiled module counts through `put`, which costs a few nanoseconds and no Python object.

from libc.stdint cimport int32_t, int64_t, uint16_t, uint64_t

ctypedef struct Cells:
    int64_t* at            # how many values each bucket holds
    int32_t room           # buckets that `at` has room for; values beyond have not been seen yet

ctypedef struct Sums:
    int64_t count          # values
    uint64_t low           # their sum, the lower 64 bits
    uint64_t high          # and the upper ones
    int64_t least          # of all values, ns; without meaning while count is 0
    int64_t greatest

ctypedef struct Pane:
    Sums sums
    uint16_t* listed       # the bucket of each value, while there are few
    int32_t room           # of `listed`, values
    Cells cells            # counts of each bucket instead, once there are many; `cells.at` is NULL before

cdef class Histogram:
    cdef Cells cells
    cdef Sums sums
    cdef int32_t shift     # a bucket of the finest kind is 2^shift ns wide
    cdef int put(self, int64_t value_ns) except -1
    cdef int64_t at_rank(self, int64_t rank) noexcept
    cdef void find_ends(self) noexcept
    cdef Histogram twin(self, object other)
    cdef int count_cells(self, const Cells* more) except -1

cdef class RollingHistogram:
    cdef Pane* ring        # of `panes` panes; that of number n is ring[n % panes]
    cdef Cells cells       # of all panes together
    cdef Sums sums         # likewise, but for least and greatest
    cdef int32_t shift
    cdef int32_t number    # of panes
    cdef int64_t width_ns  # of one pane
    cdef int64_t head      # number of the latest pane
    cdef int64_t start_ns  # of it
    cdef int put(self, int64_t value_ns, int64_t at_ns) except -1
    cdef void move(self, int64_t head) noexcept
    cdef Histogram part(self, int64_t number)
    cdef int64_t add_each(self, object values_ns, object ats_ns) except -1
    cdef int count_pane(self, Pane* pane, const Cells* more, const Sums* sums) except -1
