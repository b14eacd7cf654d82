# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: auto_pickle=False, autotestdict=False, binding=True, embedsignature=False
"""The compiled fold: events in, counts out; about as much work an event as the engine does to make it.

Records, pools and the fields of every count stand in ``folding/records.pxi``; what each event changes in ``stays.pxi``
(contacts and their visits), ``floor.pxi`` (agents and their states) and ``intake.pxi`` (which event does what);
``spans.pxi`` closes intervals, ``looking.pxi`` reads, ``saving.pxi`` writes everything down and takes it up again.

It must not know an engine, a configuration's meaning beyond names and service levels, or what is computed from counts.
"""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.dict cimport PyDict_GetItemWithError
from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_DECREF, Py_INCREF, Py_XDECREF
from cpython.unicode cimport PyUnicode_GET_LENGTH
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memcpy, memset

from routing.statistics._quantiles cimport Histogram, RollingHistogram

from msgspec import structs as _structs

from routing import events as _e
from routing.errors import CorruptSnapshotError, InternalError, UsageError
from routing.statistics import shapes as _s

cdef extern from *:
    """
    /* What a string keeps of itself, so that looking for it takes no call. */
    static inline Py_hash_t huntgroup_hash(PyObject *s) {
        Py_hash_t h = PyUnicode_CheckExact(s) ? ((PyASCIIObject *)s)->hash : -1;
        return h != -1 ? h : PyObject_Hash(s);
    }
    """
    Py_hash_t hash_of "huntgroup_hash" (PyObject* text) except -1
    PyObject* PyTuple_GET_ITEM(object items, Py_ssize_t at) noexcept   # borrowed, as it is
    PyObject* PyList_GET_ITEM(object items, Py_ssize_t at) noexcept
    Py_ssize_t PyTuple_GET_SIZE(object items) noexcept

include "../core/slots.pxi"
include "folding/records.pxi"
include "folding/ledger.pxi"
include "folding/floor.pxi"
include "folding/stays.pxi"
include "folding/spans.pxi"
include "folding/looking.pxi"
include "folding/saving.pxi"
include "folding/intake.pxi"
