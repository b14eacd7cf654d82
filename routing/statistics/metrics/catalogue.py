"""Every figure by name: its formula, the counts that it reads, and where the definition is from.

docs/metrics.md shows these tables, and the tests change each count in turn to prove that a figure reads what stands
here and nothing else.

Owns these descriptions; must not compute anything.
"""

from typing import Final

from msgspec import Struct


class Entry(Struct, frozen=True):
    """One figure. ``reads`` names counts: of families, that by contact before ``/``, that by visit after."""

    name: str
    formula: str
    reads: tuple[str, ...]
    source: str


#: Other sources have short names, too, which the page explains.
_OWN: Final = "usual"

_ANSWERED: Final = ("contacts_answered/answered",)
_IN: Final = ("contacts_answered_in/answered_in",)
_ABANDONED: Final = ("contacts_abandoned/abandoned",)
_EARLY: Final = ("contacts_abandoned_in/abandoned_in",)
_SHORT: Final = ("contacts_abandoned_short/abandoned_short",)
_FLOWED: Final = ("contacts_diverted/diverted", "contacts_rejected/rejected", "/overflowed")
_OFFERED: Final = (*_ANSWERED, *_ABANDONED, *_FLOWED)

#: `ServiceLevel`, by contact and by visit.
LEVELS: Final = (
    Entry(
        "of_offered",
        "answered_in / offered",
        (*_IN, *_OFFERED),
        "UCCE (negative), UCCX (negative), Avaya, AltiGen TSL",
    ),
    Entry(
        "of_answered",
        "answered_in / answered",
        (*_IN, *_ANSWERED),
        "UCCX (only handled), AT&T CMS, AltiGen ASL",
    ),
    Entry(
        "of_answered_and_abandoned",
        "answered_in / (answered + abandoned)",
        (*_IN, *_ANSWERED, *_ABANDONED),
        "Genesys Cloud (abandons, no flow-outs)",
    ),
    Entry(
        "without_early_abandons",
        "answered_in / (offered - abandoned_in)",
        (*_IN, *_OFFERED, *_EARLY),
        "UCCE (ignored), UCCX (without abandon)",
    ),
    Entry(
        "with_early_abandons",
        "(answered_in + abandoned_in) / offered",
        (*_IN, *_EARLY, *_OFFERED),
        "UCCE (positive), UCCX (positive), Amazon Connect",
    ),
    Entry(
        "without_short_abandons",
        "answered_in / (offered - abandoned_short)",
        (*_IN, *_OFFERED, *_SHORT),
        "UCCE (short calls), Twilio Flex, RingCentral",
    ),
    Entry(
        "without_abandons",
        "answered_in / (offered - abandoned)",
        (*_IN, *_ANSWERED, *_FLOWED),
        "Genesys Cloud (flow-outs, no abandons)",
    ),
    Entry(
        "service_factor",
        "answered_in / (answered + abandoned - abandoned_short)",
        (*_IN, *_ANSWERED, *_ABANDONED, *_SHORT),
        "Genesys Engage, Genesys Cloud (abandons, no short ones)",
    ),
)

#: `Family`, by contact and by visit.
FAMILY: Final = (
    Entry("arrived", "contacts that arrived / visits begun", ("contacts/entered",), _OWN),
    Entry("offered", "answered + abandoned + flowed_out", _OFFERED, "Genesys Cloud, Avaya"),
    Entry("answered", "a count", _ANSWERED, _OWN),
    Entry("abandoned", "a count", _ABANDONED, _OWN),
    Entry("flowed_out", "diverted + rejected, of visits also overflowed", _FLOWED, "Genesys Cloud"),
    Entry("answered_share", "answered / offered", _OFFERED, "Genesys Cloud"),
    Entry("abandoned_share", "abandoned / offered", _OFFERED, "Genesys Cloud"),
    Entry(
        "abandoned_share_without_short",
        "(abandoned - abandoned_short) / (offered - abandoned_short)",
        (*_OFFERED, *_SHORT),
        "UCCE (short calls)",
    ),
    Entry(
        "asa_s",
        "sum of answered waits / answered",
        (*_ANSWERED, "contact_wait_answered_ns/wait_answered_ns"),
        "UCCE",
    ),
    Entry(
        "abandoned_wait_s",
        "sum of abandoned waits / abandoned",
        (*_ABANDONED, "contact_wait_abandoned_ns/wait_abandoned_ns"),
        "Amazon Connect",
    ),
)

_ENDED: Final = (
    "answered",
    "answered_elsewhere",
    "abandoned",
    "ended_elsewhere",
    "overflowed",
    "diverted",
    "rejected",
    "requeued",
    "cancelled",
    "lost",
)
_OFFERS: Final = ("answered", "offers_rejected", "offers_missed", "offers_failed", "offers_withdrawn")

#: `Metrics` beside its two families.
QUEUES: Final = (
    Entry(
        "wait_s",
        "waits of all visits that ended / their number",
        ("wait_answered_ns", "wait_abandoned_ns", "wait_other_ns", *_ENDED),
        _OWN,
    ),
    Entry("wait_longest_s", "a maximum", ("wait_max_ns",), _OWN),
    Entry("queue_length", "visits waiting, integrated / length of the span", ("waiting_ns",), "Little"),
    Entry("queue_length_most", "a maximum", ("waiting_max",), _OWN),
    Entry("overflowed_share", "overflowed / visits that ended", _ENDED, _OWN),
    Entry(
        "aht_s",
        "(talk + hold + wrap-up) / segments",
        ("talk_ns", "hold_ns", "wrap_up_ns", "segments"),
        "UCCE",
    ),
    Entry("talk_s", "talk / segments", ("talk_ns", "segments"), _OWN),
    Entry("hold_s", "hold / segments", ("hold_ns", "segments"), _OWN),
    Entry("acw_s", "wrap-up / wrap-ups", ("wrap_up_ns", "wrap_ups"), _OWN),
    Entry("transferred_share", "transferred / segments", ("transferred", "segments"), "Genesys Cloud"),
    Entry("ring_s", "ringing / offers that are over", ("ring_ns", *_OFFERS), _OWN),
    Entry(
        "offers_answered_share",
        "answered / offers that are over",
        _OFFERS,
        "Amazon Connect (agent answer rate)",
    ),
)

_BUSY: Final = ("talking_ns", "holding_ns", "wrap_up_ns")
_AGENT_OFFERS: Final = ("accepted", "rejected", "missed", "failed", "withdrawn")

#: `AgentMetrics`.
AGENTS: Final = (
    Entry("staffed_h", "time logged in", ("staffed_ns",), _OWN),
    Entry("busy_h", "talking + holding + wrap-up, counted once", _BUSY, _OWN),
    Entry("occupancy", "busy / (busy + ringing + idle)", (*_BUSY, "ringing_ns", "idle_ns"), _OWN),
    Entry("occupancy_without_ringing", "busy / (busy + idle)", (*_BUSY, "idle_ns"), "Amazon Connect"),
    Entry("utilisation", "busy / staffed", (*_BUSY, "staffed_ns"), "AT&T CMS (% ACD time)"),
    Entry(
        "concurrency",
        "contacts in hand, integrated / (talking + holding)",
        ("in_hand_ns", "talking_ns", "holding_ns"),
        _OWN,
    ),
    Entry("idle_share", "idle / staffed", ("idle_ns", "staffed_ns"), _OWN),
    Entry("not_ready_share", "not ready / staffed", ("not_ready_ns", "staffed_ns"), _OWN),
    Entry(
        "aht_s",
        "(talk + hold + wrap-up, contact by contact) / segments",
        ("talk_ns", "hold_ns", "contact_wrap_up_ns", "segments"),
        "UCCE",
    ),
    Entry("talk_s", "talk / segments", ("talk_ns", "segments"), _OWN),
    Entry("hold_s", "hold / segments", ("hold_ns", "segments"), _OWN),
    Entry("acw_s", "wrap-up / wrap-ups", ("contact_wrap_up_ns", "wrap_ups"), _OWN),
    Entry("transferred_share", "transferred / segments", ("transferred", "segments"), "Genesys Cloud"),
    Entry(
        "offers_answered_share",
        "accepted / offers that are over",
        _AGENT_OFFERS,
        "Amazon Connect (agent answer rate)",
    ),
    Entry("segments_per_staffed_h", "segments / hours logged in", ("segments", "staffed_ns"), _OWN),
)
