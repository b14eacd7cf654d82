"""Outbound campaigns: their lists, whom to call next, what became of it, in the database of the history.

Needs the packages of the extra ``campaigns``. Personal data (numbers, customers, attributes) lives here only; elsewhere
records and numbers are opaque references.

Within: ``tables``, ``shapes``, ``rules``, ``hours``, ``dialing_plans``, ``csv_rows`` < ``retrying``, ``reading_rows`` <
``settling``, ``picking``, ``recent`` < ``steering``, ``hopper`` < ``telling``, ``suppressing`` < ``office`` < ``book``
< ``importing``.

Owns lists, records and attempts; must not decide how many are dialled (``routing.pacing``) nor who may be
(``routing.compliance``), and dials nothing (``routing.outbound``).
"""

from routing.campaigns.book import Book
from routing.campaigns.rules import CampaignRules, HopperRules, Retry, RetryRules, load_rules, to_rules
from routing.campaigns.shapes import (
    CampaignStatus,
    Candidate,
    Dialled,
    Ended,
    ListStatus,
    OpenAttempt,
)

__all__ = [
    "Book",
    "CampaignRules",
    "CampaignStatus",
    "Candidate",
    "Dialled",
    "Ended",
    "HopperRules",
    "ListStatus",
    "OpenAttempt",
    "Retry",
    "RetryRules",
    "load_rules",
    "to_rules",
]
