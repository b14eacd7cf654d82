# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: auto_pickle=False, autotestdict=False, binding=True, embedsignature=False
"""The compiled numbers of pacing: who will be free, who will answer, and how many more may be dialled.

Times are seconds since an origin that the caller keeps. ``pacer/spans.pxi`` has the distributions of durations,
``work.pxi`` when agents at work will be free, ``desks.pxi`` the agents, ``rate.pxi`` the answer rate, ``ringing.pxi``
attempts in flight and when they will be answered, ``binomial.pxi`` sums of unequal coins, ``budget.pxi`` the price of
an abandoned call, ``line.pxi`` the decision, ``door.pxi`` what Python may ask.

Owns the arithmetic of pacing; must not know events, campaigns' configuration or the law's windows.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.math cimport erfc, exp, fabs, floor, fmax, fmin, log, sqrt
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcpy, memset

include "pacer/grid.pxi"
include "pacer/spans.pxi"
include "pacer/work.pxi"
include "pacer/desks.pxi"
include "pacer/rate.pxi"
include "pacer/ringing.pxi"
include "pacer/binomial.pxi"
include "pacer/budget.pxi"
include "pacer/line.pxi"
include "pacer/door.pxi"
