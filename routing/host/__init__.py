"""The host: what stands around an engine that routes live.

>>> from routing import Agent, Config, EnqueueContact, LogIn, Queue
>>> with Host(Config(agents=(Agent("ann"),), queues=(Queue("sales"),))) as host:
...     _ = host.apply(LogIn("ann"))
...     host.apply(EnqueueContact("call-1", ("sales",)))[-1].agent
'ann'

Within: ``shapes`` < ``feed``, ``following``, ``inbox``, ``tally`` < ``writer`` < ``host`` <
``schedule``, ``publishing`` < ``announcing``.

Owns time, journal, timers and publication of a live engine; must not know who calls.
"""

from routing.host.announcing import Announcer
from routing.host.feed import Feed, Taken, Watch
from routing.host.following import Follower
from routing.host.host import Host
from routing.host.schedule import Announcement, Announcing
from routing.host.shapes import Figures, Outcome, Request, Settings, State

__all__ = [
    "Announcement",
    "Announcer",
    "Announcing",
    "Feed",
    "Figures",
    "Follower",
    "Host",
    "Outcome",
    "Request",
    "Settings",
    "State",
    "Taken",
    "Watch",
]
