"""Plays a day of a model: inside the compiled core where that is open, by commands otherwise.

Owns the choice between the ways; must not know how any of them goes (``played``, ``day_world``, ``hands_world``).
"""

from routing.simulation.arrivals import Day
from routing.simulation.day_world import DayWorld
from routing.simulation.hands_world import HandsWorld
from routing.simulation.model_shape import CentreModel
from routing.simulation.played import Played, goes_inside, play_inside
from routing.simulation.tally import has_hands


def play(made: CentreModel, day: Day, *, inside: bool = True) -> Played:
    """Play a day.

    Parameters
    ----------
    made : CentreModel
        The model with its centre.
    day : Day
        Its draws.
    inside : bool, default True
        Take the fast way where it is open.

    Notes
    -----
    O(n log n) for n calls on top of what the engine does.
    """
    calls = day.calls()
    if inside and goes_inside(made, len(calls.arrivals_ns)):
        return play_inside(made, calls)
    if has_hands(made) or any(queue.auto_answer for queue in made.config.queues):
        return HandsWorld(made, day, calls).run()
    return DayWorld(made, day, calls).run()
