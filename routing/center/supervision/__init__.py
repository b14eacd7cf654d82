"""Supervision: who may do what in a centre, what supervisors do, and the log of who did it.

==============  ==========================================================================================
the desk        `Desk`, `Done`, `followers`: commands and operations of people, as far as they may;
                `write_refusal`: for who refuses elsewhere, as a server's guard
operations      `Listen`, `Whisper`, `BargeIn`, `StopMonitoring`, `AskConsent`, `TakeOver`, `ForceDisconnect`,
                `RedirectQueue`, `EndRedirect`, `PostMessage`, `WithdrawMessage`; any: `Operation`
settings        `Supervision`, `Person`, `Announcement`, `Audited`, `load_supervision`, `loads_supervision`
permissions     `COMMANDS`, `OPERATIONS`, `ROLES`
the fold        `FOLLOWER`, `Supervising`: a wing (`routing.center.wing`), a witness, and a keeping of `AuditRow`
pictures        `Monitor`, `Redirect`, `Message`, `AuditRow`
the log         `routing.center.supervision.log.AuditLog`, which needs SQLAlchemy
==============  ==========================================================================================

Within: ``roles`` < ``permission``, ``people`` < ``files``; ``operations``, ``shapes``, ``notes``, ``looking`` <
``auditing`` < ``folding`` < ``judging``, ``planning`` < ``refusing`` < ``desk``; ``shapes`` < ``chaining``,
``tables`` < ``log``.

Owns supervision; must not know who serves it over a wire, nor media.
"""

from routing.center.supervision.desk import Desk, Done, followers
from routing.center.supervision.files import load_supervision, loads_supervision
from routing.center.supervision.folding import FOLLOWER, Supervising, supervising
from routing.center.supervision.operations import (
    AskConsent,
    BargeIn,
    EndRedirect,
    ForceDisconnect,
    Listen,
    Operation,
    PostMessage,
    RedirectQueue,
    StopMonitoring,
    TakeOver,
    Whisper,
    WithdrawMessage,
)
from routing.center.supervision.people import (
    Announcement,
    Audited,
    Person,
    Supervision,
    check_against,
    check_supervision,
)
from routing.center.supervision.refusing import write_refusal
from routing.center.supervision.roles import COMMANDS, OPERATIONS, ROLES
from routing.center.supervision.shapes import AuditRow, Message, Monitor, Redirect

__all__ = [
    "COMMANDS",
    "FOLLOWER",
    "OPERATIONS",
    "ROLES",
    "Announcement",
    "AskConsent",
    "AuditRow",
    "Audited",
    "BargeIn",
    "Desk",
    "Done",
    "EndRedirect",
    "ForceDisconnect",
    "Listen",
    "Message",
    "Monitor",
    "Operation",
    "Person",
    "PostMessage",
    "Redirect",
    "RedirectQueue",
    "StopMonitoring",
    "Supervising",
    "Supervision",
    "TakeOver",
    "Whisper",
    "WithdrawMessage",
    "check_against",
    "check_supervision",
    "followers",
    "load_supervision",
    "loads_supervision",
    "supervising",
    "write_refusal",
]
