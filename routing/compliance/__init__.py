"""What a law or a policy asks of outbound calls: profiles, the ledger of abandoned calls, and rules for each call.

=====================  ==========================================================================================
what is asked          `Profile` with `Window`, `AttemptLimit`; `BUILT_IN`, `profiles_of`, `choose`, `strictest`
a campaign             `Settings`, `check_settings`: refused at load
abandoned calls        `Ledger` of `Watched` campaigns: `Standing`, `Account`; for the audit `Abandonment`, `WindowRow`
one call               ``routing.compliance.rules.Rulebook``: `Planned`, `Past` in, a ``Refusal`` out
its parts              `CallingHours`, `broken_limits`; `Suppression`, `DoNotCall`, `Reading`
numbers                ``routing.compliance.numbers``: ``e164``, ``place``
=====================  ==========================================================================================

``rules`` and ``numbers`` need the library `phonenumbers` (the extra ``campaigns``) and are imported by themselves.

Within: ``profiles`` < ``windows`` < ``tallies`` < ``calls`` < ``accounts``, ``counting``, ``pending`` < ``ledger``;
``numberset`` < ``suppression``; ``hours``, ``limits``, ``numbers``, ``suppression`` < ``rules``.

Owns these rules; must not know the host, the database or how calls are made.
"""

from routing.compliance.accounts import Account, Standing
from routing.compliance.calls import Abandonment, Taken, Watched, WindowRow
from routing.compliance.hours import CallingHours
from routing.compliance.ledger import Ledger
from routing.compliance.limits import Past, Planned, broken_limits
from routing.compliance.profiles import (
    BUILT_IN,
    AttemptLimit,
    Profile,
    RegionalHolidays,
    Window,
    choose,
    profile_of,
    profiles_of,
    strictest,
)
from routing.compliance.settings import Settings, check_settings
from routing.compliance.suppression import DoNotCall, Reading, Suppression

__all__ = [
    "BUILT_IN",
    "Abandonment",
    "Account",
    "AttemptLimit",
    "CallingHours",
    "DoNotCall",
    "Ledger",
    "Past",
    "Planned",
    "Profile",
    "Reading",
    "RegionalHolidays",
    "Settings",
    "Standing",
    "Suppression",
    "Taken",
    "Watched",
    "Window",
    "WindowRow",
    "broken_limits",
    "check_settings",
    "choose",
    "profile_of",
    "profiles_of",
    "strictest",
]
