# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: auto_pickle=False, autotestdict=False, binding=True, embedsignature=False
"""The compiled numbers of staffing: Erlang's loss and delay formulas, Erlang A, and their inverses for many loads.

Every formula is a sum or an integral of positive terms, scaled by its largest one, so that neither tiny nor nearly
certain probabilities lose digits. ``erlang/special.pxi`` has the special functions, ``loss.pxi`` Erlang's B for real
servers, ``patient.pxi`` the integrals of Erlang A, ``least.pxi`` the searches. Nothing here checks what it is given:
that is done in ``routing.staffing.domain``, except for the elements of arrays.

Owns the arithmetic of these three models; must not know targets' names, units or errors' wording.
"""

from libc.math cimport ceil, erfc, exp, expm1, fabs, floor, fmax, fmin, INFINITY, lgamma, log, log1p, sqrt

include "erlang/special.pxi"
include "erlang/loss.pxi"
include "erlang/patient.pxi"
include "erlang/least.pxi"
include "erlang/door.pxi"
