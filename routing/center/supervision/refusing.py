"""What was refused goes into the journal, and so into the log, but not without end.

Owns how a refusal is written down and how often; must not know why it was refused.
"""

import threading

from routing.center.supervision.judging import NAME_MAX
from routing.center.supervision.looking import about
from routing.center.supervision.notes import Refused, Said, write_note
from routing.center.supervision.operations import Operation
from routing.commands import Command
from routing.host import Host
from routing.units import MINUTE


def write_refusal(
    host: Host,
    who: str,
    act: Command | Operation,
    reason: str,
    *,
    request_id: str = "",
    why: str = "",
    unlogged: int = 0,
) -> None:
    """Write down that somebody was refused something elsewhere than at a desk, as by a server's guard.

    Parameters
    ----------
    host : Host
        Whose log it goes into.
    who, act, reason
        Who asked for what, and why not, as one lower-case word or more.
    request_id, why : str, optional
        As they were given.
    unlogged : int, default 0
        So many refusals before it were not written down.

    Raises
    ------
    UnavailableError
        As for `Host.write_down`.
    """
    on, subject = about(act)
    refused = Refused(reason, on, subject[:NAME_MAX], unlogged)
    note = write_note(Said(type(act).__name__, why, refused=refused))
    host.write_down(note, actor=who, request_id=request_id)


class Limit:
    """How often refusals of one person are written down: so many in each minute, the others are counted."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._minutes: dict[str, tuple[int, int, int]] = {}  # minute, written, left out
        self._lock = threading.Lock()

    def take(self, who: str, now_ns: int) -> int:
        """Give how many were left out before this one; -1 to leave it out."""
        minute = now_ns // MINUTE
        with self._lock:
            if len(self._minutes) > 10_000:
                self._minutes = {name: one for name, one in self._minutes.items() if one[0] == minute}
            since, written, left_out = self._minutes.get(who, (minute, 0, 0))
            if since != minute:
                written = 0
            if written >= self._most:
                self._minutes[who] = (minute, written, left_out + 1)
                return -1
            self._minutes[who] = (minute, written + 1, 0)
            return left_out
