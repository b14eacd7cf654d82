"""The command of a host that was down for a while: nothing rings on, nobody is matched before it is back.

Owns the pause and the grace; must not know calls.
"""

from reference.calls import CallCommands
from reference.ground import refuse_if
from routing import commands, events
from routing.events import Reason
from routing.units import MAX_INSTANT_NS


class Downtime(CallCommands):
    """Coming back."""

    def _resume(self, command: commands.Resume) -> None:
        until_ns = command.until_ns
        refuse_if(not 0 <= until_ns <= MAX_INSTANT_NS, Reason.RESUME_OUT_OF_RANGE, until_ns)
        back_ns = max(self._now_ns, until_ns)
        self._grace_until_ns = max(self._grace_until_ns, back_ns + self._base.resume_grace_ns)
        if back_ns > self._now_ns:
            self._paused_until_ns = max(self._paused_until_ns or 0, back_ns)
        self._emit(events.Resumed, until_ns)
        ringing = [offer for person in self._people.values() for offer in person.segments_in("ringing")]
        for segment in sorted(ringing, key=lambda one: one.offer):
            self._withdraw_offer(self._contacts[segment.contact], segment, "resumed")
