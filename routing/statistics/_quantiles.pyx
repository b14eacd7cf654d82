# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: auto_pickle=False, autotestdict=False, binding=True, embedsignature=False, annotation_typing=False
"""Histograms of durations in logarithmic buckets: one of all time, and one of a rolling window.

The buckets. Time is counted in units of 2^shift ns. Up to 128 units every unit is a bucket of its own; from there on
every octave, from 2^k to 2^(k+1) units, is cut into 64 buckets of equal width. So a bucket that begins at ``a`` >=
``floor_ns`` = 64 units is at most a/64 wide, and its middle is off any value in it by at most 1/128 (0.79 %) of that
value; below the floor the middle is off by at most floor_ns/128. The bucket of a value takes one count of leading
zeros and two shifts to find. Logarithmic buckets with a linear part in each octave are the idea of HdrHistogram
(G. Tene); that buckets bound the relative error of every quantile, and add up without loss, is shown by C. Masson,
J. E. Rim and H. K. Lee, DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees, PVLDB
12(12), 2019.

Only integers are kept, so the same values in any order and in any parts give the same histogram.

Owns buckets, sums and panes; must not know whose durations are counted. ``_quantiles.pxd`` describes the records.
"""

cimport cython
from cpython.buffer cimport PyBUF_FORMAT, PyBUF_ND, PyBuffer_Release, PyObject_GetBuffer
from libc.stdint cimport int32_t, int64_t, uint16_t, uint64_t
from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memset

import msgspec

from routing.errors import CorruptSnapshotError, UsageError

cdef extern from *:
    """
    #if defined(_MSC_VER)
    #include <intrin.h>
    static __inline int huntgroup_clz64(unsigned long long x) {
        unsigned long i;
        _BitScanReverse64(&i, x);
        return 63 - (int)i;
    }
    #else
    static inline int huntgroup_clz64(unsigned long long x) { return __builtin_clzll(x); }
    #endif
    """
    int clz64 "huntgroup_clz64"(uint64_t) noexcept nogil

cdef int64_t MAX_NS = <int64_t>1 << 62
cdef int32_t LISTED_MAX = 8192      # values that a pane lists one by one; that takes as much room as counting them
cdef int32_t PANES_MAX = 100_000
cdef object VERSION = 1


include "histogram/buckets.pxi"
include "histogram/reading.pxi"
include "histogram/histogram.pxi"
include "histogram/rolling.pxi"
