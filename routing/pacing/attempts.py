"""A campaign's attempts, waiting persons and calls as events tell of them, put down on its compiled line.

Owns one campaign's counts; must not know agents.
"""

from msgspec import Struct

from routing.pacing._pacer import Sight
from routing.pacing.shapes import Paced, Settings
from routing.units import SECOND

#: These say nothing of whether people answer: they count as if the attempt had never been.
FAILED = frozenset(("congestion", "carrier_error", "cancelled", "lost"))


class Flight(Struct):
    """An attempt; ``picked_up``: when something did (-1: not yet), ``bound``: an agent has the contact already."""

    campaign: str
    at: float
    picked_up: float = -1.0
    bound: bool = False


class Held:
    """A campaign that is paced.

    Attributes
    ----------
    paced : Paced
        As configured.
    line : Sight
        What is learned of it.
    bound : int
        Attempts for an agent who has the contact in hand already (preview): the line does not count them.
    calls : int
        Its answered persons who are still there, waiting or not.
    carried : float
        Of a dial, left over from dividing.
    """

    def __init__(self, paced: Paced, settings: Settings) -> None:
        self.paced = paced
        self.line = Sight(paced.cap, paced.ring_ns / SECOND, settings.tuning())
        self.bound = 0
        self.calls = 0
        self.carried = 0.0

    def dialled(self, flight: Flight, at: float) -> None:
        """An attempt began."""
        if flight.bound:
            self.bound += 1
        else:
            self.line.dialled(at, 1)

    def picked_up(self, flight: Flight, at: float) -> None:
        """Something picked up, and is examined."""
        if flight.picked_up < 0.0:
            flight.picked_up = at
            if not flight.bound:
                self.line.picked_up(at, at - flight.at)

    def ended(self, flight: Flight, outcome: str, at: float) -> None:
        """An attempt came to its end."""
        if flight.bound:
            self.bound -= 1
            return
        examined = at - flight.picked_up if flight.picked_up >= 0.0 else -1.0
        if outcome in FAILED:
            self.line.failed(at, at - flight.at, examined)
        else:
            self.line.ended(at, at - flight.at, examined, outcome == "person")

    def in_flight(self, at: float) -> int:
        """Count attempts that are followed."""
        return self.line.in_flight(at) + self.bound
