"""The history of a centre: intervals, contacts, sessions and feedback in a database, and what is asked of them.

Needs the packages of the extra ``history``.

Within: ``tables``, ``opening`` < ``migrating`` < ``database``; ``tables`` < ``writing``, ``reading`` < ``arrivals``,
``resolution``; ``adherence``; all these < ``history`` < ``recorder``.

Owns the past; must not decide anything, nor know how figures are computed from counts (``routing.statistics.metrics``).
"""

from routing.history.adherence import Adherence
from routing.history.history import History
from routing.history.recorder import Recorder, Recording
from routing.history.resolution import Feedback, Resolution
from routing.history.writing import Taken

__all__ = ["Adherence", "Feedback", "History", "Recorder", "Recording", "Resolution", "Taken"]
