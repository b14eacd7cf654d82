"""Signals: what becomes known of a contact while it goes on, the rules that follow, and what bots hand over.

docs/signals.md tells what rules can do. `signalling` makes the wing for a host; `hand_over` makes a contact of a bot's
chat.

Within: ``handing`` < ``settings`` < ``heard`` < ``wing``.

Owns what signals lead to; must not know who signals.
"""

from routing.center.signals.handing import HandedOver, HandOvers, Way, hand_on, hand_over, remarks
from routing.center.signals.heard import Heard
from routing.center.signals.settings import (
    Alerting,
    Rule,
    Signals,
    Term,
    check_against,
    check_signals,
)
from routing.center.signals.wing import FOLLOWER, OpenAlert, Signalling, signalling

__all__ = [
    "FOLLOWER",
    "Alerting",
    "HandOvers",
    "HandedOver",
    "Heard",
    "OpenAlert",
    "Rule",
    "Signalling",
    "Signals",
    "Term",
    "Way",
    "check_against",
    "check_signals",
    "hand_on",
    "hand_over",
    "remarks",
    "signalling",
]
