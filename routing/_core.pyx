# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: auto_pickle=False, autotestdict=False, binding=True, embedsignature=False
"""The compiled core: all state of one engine, its transitions, and the door that takes commands.

The records and what each field means stand in ``_core.pxd``; the transitions live in ``core/*.pxi``, one idea a
file; this file owns the class `Core`, which turns command objects into calls of those leaves and event records into
event objects. It must not know where time comes from, how a configuration is read, or who listens.
"""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cpython.dict cimport PyDict_DelItem, PyDict_GetItemWithError, PyDict_SetItem
from cpython.long cimport PyLong_AsLongLongAndOverflow
from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_New, PyTuple_SET_ITEM
from cpython.unicode cimport PyUnicode_AsUTF8AndSize, PyUnicode_GET_LENGTH
from libc.stdint cimport INT64_MAX, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, qsort, realloc
from libc.string cimport memcmp, memcpy, memset

from array import array
from collections import OrderedDict

from msgspec.structs import replace

from routing import commands as _c
from routing import events as _e
from routing import units as _u
from routing.conditions import compile_condition
from routing.errors import ExpressionError, InternalError, UsageError
from routing.model import Preference, Step
from routing.remarks import CallBack, Disposition
from routing.scores import compile_score
from routing.skills import compile_requirement
from routing.words import suggest

cdef extern from *:
    """
    #if defined(_MSC_VER)
    #include <intrin.h>
    static __inline int huntgroup_ctz64(unsigned long long x) {
        unsigned long i;
        _BitScanForward64(&i, x);
        return (int)i;
    }
    #else
    static inline int huntgroup_ctz64(unsigned long long x) { return __builtin_ctzll(x); }
    #endif
    #if defined(__GNUC__)
    #define huntgroup_prefetch(p) __builtin_prefetch(p, 1)
    #else
    #define huntgroup_prefetch(p) ((void)(p))
    #endif
    /* Where a struct keeps its fields, in order; and a new one from their values. */
    typedef struct { PyTypeObject *type; int n; Py_ssize_t at[8]; } huntgroup_layout;
    static inline PyObject *huntgroup_make(const huntgroup_layout *layout, PyObject **fields) {
        PyObject *made = layout->type->tp_alloc(layout->type, 0);
        int i;
        if (made == NULL) return NULL;
        for (i = 0; i < layout->n; i++) {
            Py_INCREF(fields[i]);
            *(PyObject **)((char *)made + layout->at[i]) = fields[i];
        }
        return made;
    }
    """
    int ctz64 "huntgroup_ctz64"(uint64_t) noexcept nogil
    void prefetch "huntgroup_prefetch"(const void*) noexcept nogil
    ctypedef struct Layout "huntgroup_layout":
        PyTypeObject* type
        int n
        Py_ssize_t at[8]
    object huntgroup_make(const Layout*, PyObject**)
    bint PyUnicode_IS_COMPACT_ASCII(object) noexcept

cdef enum:
    NOWHERE = 0xFFFFFFFF
    STEPS = 8              # steps that memory is reserved for at once
    ROUTES = 64            # routes of one class: a contact waits in 64 queues at most
    STEP_EVENTS = 384      # events of one step: 64 queues to enter and 255 hops between queues are the most
    SPARE_EVENTS = 1024    # events beside those of the steps, which `reserve_events` adds to when they are not enough
    STEP_VISITS = 128      # visits of one step: 64 are the most
    STEP_FEW = 8           # records of any other kind
    COMMAND_STEPS = 4      # steps that a command starts with; most need no more
    BROKEN = 1             # memory ran out within a transition
    HALF_WAY = 2           # a transition is done, but Python has not taken note of it yet
    FEW = 16               # changed agents or contacts that are matched one by one
    MANY = 256             # cells from which on the line-up is kept
    LARGE_MATRIX = 1 << 27  # bytes of the eligibility matrix from which on empty classes are given back
    FEW_CELLS = 64         # of a class, up to which looking at each is quicker than going through an order of all
    LOOKS = 1024           # places of the line-up that one search looks at before it turns to the cells
    DRAWS = 64             # of the random strategy before it looks at everybody
    RANKED_LOOKS = 256     # agents of an order over all that one search looks at before it turns to the cells
    LONG_RUN = 256         # cells of equal score after which the longest idle is looked for in the line-up
    ID_CHARS = 128
    TYPE_HEAD = 7          # words of a type's key before its lists

cdef uint64_t TIMER_NUMBER = (1ULL << 56) - 1  # the part of a timer's key that is the number of its owner

cdef int64_t NEVER = INT64_MAX
cdef int64_t EXPEDITED = -(1LL << 31)  # a tier before all that may be configured
cdef uint32_t _one = 1
cdef bint LITTLE_ENDIAN = (<uint8_t*>&_one)[0] == 1

include "core/slots.pxi"
include "core/digest.pxi"
include "core/memory.pxi"
include "core/tree.pxi"
include "core/record.pxi"
include "core/lineup.pxi"
include "core/timers.pxi"
include "core/eligibility.pxi"
include "core/rating.pxi"
include "core/assign.pxi"
include "core/occupancy.pxi"
include "core/agents.pxi"
include "core/bulk.pxi"
include "core/conditions.pxi"
include "core/visits.pxi"
include "core/holds.pxi"
include "core/offers.pxi"
include "core/contacts.pxi"
include "core/legs.pxi"
include "core/downtime.pxi"
include "core/choose.pxi"
include "core/match.pxi"
include "core/batch.pxi"
include "core/drain.pxi"
include "core/trace.pxi"
include "core/check.pxi"
include "core/names.pxi"
include "core/objects.pxi"
include "core/refusals.pxi"
include "core/attempts.pxi"
include "core/hands.pxi"
include "core/desk.pxi"
include "core/door.pxi"
include "core/edit.pxi"
include "core/edit_queues.pxi"
include "core/explain.pxi"
include "core/saving.pxi"
include "core/loading.pxi"
include "core/state.pxi"
