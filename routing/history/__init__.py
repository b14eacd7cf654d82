"""The history of a centre: intervals, contacts, sessions and feedback in a database, and what is asked of them.

Needs the packages of the extra ``history``.

Within: ``tables``, ``opening`` < ``migrating`` < ``database``; ``tables`` < ``writing``, ``reading`` < ``arrivals``,
``codes`` < ``answers``, ``resolution``; these < ``outcomes`` < ``history``; ``figures``, ``local`` < ``report`` <
``plot``, ``quality``, ``columns`` < ``text``, ``exporting``, ``arrow``.

Owns the past; must not decide anything, nor know how figures are computed from counts (``routing.statistics.metrics``).
"""

from routing.history.answers import Feedback
from routing.history.history import History
from routing.history.writing import Taken

__all__ = ["Feedback", "History", "Taken"]
