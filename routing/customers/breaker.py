"""A circuit breaker: who fails again and again is left alone for a while, then asked once, to see.

Owns when somebody may be asked; must not know whom, nor the time.
"""

from typing import Literal

Standing = Literal["closed", "open", "half_open"]


class Breaker:
    """Closed, it lets everything through; open, nothing; half open, one to try.

    Parameters
    ----------
    failures : int
        In a row, that open it.
    open_ns : int
        For how long it opens; twice as long each time that the trial fails, up to `open_ns_max`.
    open_ns_max : int
        The longest.

    Examples
    --------
    >>> breaker = Breaker(failures=2, open_ns=10, open_ns_max=40)
    >>> breaker.failed(0), breaker.failed(1), breaker.may_ask(2), breaker.standing(2)
    (None, None, False, 'open')
    >>> breaker.may_ask(11), breaker.may_ask(11)  # one to try
    (True, False)
    >>> breaker.failed(12), breaker.may_ask(31), breaker.may_ask(32)  # twice as long
    (None, False, True)
    >>> breaker.succeeded(), breaker.standing(33)
    (None, 'closed')
    """

    def __init__(self, failures: int, open_ns: int, open_ns_max: int) -> None:
        self._most = failures
        self._open_ns = open_ns
        self._open_ns_max = open_ns_max
        self._failures = 0
        self._span_ns = open_ns
        self._open_until_ns: int | None = None
        self._trying = False

    def standing(self, now_ns: int) -> Standing:
        """Tell how it stands."""
        if self._open_until_ns is None:
            return "closed"
        return "open" if now_ns < self._open_until_ns else "half_open"

    def may_ask(self, now_ns: int) -> bool:
        """Tell whether to ask now; half open, only the first may. O(1)."""
        standing = self.standing(now_ns)
        if standing == "half_open" and not self._trying:
            self._trying = True
            return True
        return standing == "closed"

    def succeeded(self) -> None:
        """Know that an answer came."""
        self._failures = 0
        self._span_ns = self._open_ns
        self._open_until_ns = None
        self._trying = False

    def failed(self, now_ns: int) -> None:
        """Know that none came."""
        self._failures += 1
        if self._open_until_ns is not None:
            if not self._trying:  # asked before it opened
                return
            self._span_ns = min(2 * self._span_ns, self._open_ns_max)
        elif self._failures < self._most:
            return
        self._open_until_ns = now_ns + self._span_ns
        self._trying = False
