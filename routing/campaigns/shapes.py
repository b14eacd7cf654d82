"""What a book of campaigns hands out and takes in, as frozen structs and named tuples.

Owns these shapes; must not know how they are stored.
"""

from typing import Final, Literal, NamedTuple, get_args

from msgspec import Struct

from routing.commands import AttemptOutcome as Outcome
from routing.compliance.limits import Past

#: What is wanted of a campaign; a dialer obeys within a second. ``draining``: no new dial, what is in flight ends.
CampaignState = Literal["running", "paused", "stopped", "draining"]
ListState = Literal["loading", "active", "inactive"]
#: Where a record was taken from.
Kind = Literal["new", "retry", "recall"]
CAMPAIGN_STATES: Final[tuple[CampaignState, ...]] = get_args(CampaignState)
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)


class Candidate(Struct, frozen=True):
    """A number to be dialled next; it is reserved until it is dialled or put back."""

    record: str  # opaque
    number_ref: str  # opaque: the ``target`` of a RequestDial; `Book.number_of` gives the number
    number: str  # E.164
    campaign: str
    customer: str  # "": not known
    list: str
    priority: int
    attempt_no: int  # of the record, from 1
    kind: Kind
    due_ns: int  # since when it may be dialled; 0: always
    agent: str = ""  # who is to have the call (recall); "": anybody
    timezone: str = ""  # the record's own; "": as the number says
    attributes: dict[str, str] = {}
    past: tuple[
        Past, ...
    ] = ()  # of its numbers and its customer, in any campaign of the domain; oldest first


class Dialled(Struct, frozen=True):
    """A dial that is about to be made."""

    attempt: str
    candidate: Candidate
    at_ns: int
    carrier: str = ""


class Ended(Struct, frozen=True):
    """How an attempt ended."""

    attempt: str
    campaign: str
    outcome: Outcome
    at_ns: int
    answered_ns: int = 0  # when something picked up; 0: nothing did, or not known
    talk_ns: int = 0
    abandoned: bool = False  # a person answered, and no agent was there in time
    disposition: str = ""  # what the agent made of it
    confidence: int = 100  # percent, of answering-machine detection
    detection_ns: int = 0  # how long detection took
    cause: str = ""  # the carrier's own code


class OpenAttempt(NamedTuple):
    """An attempt that was dialled, of which no outcome is known."""

    attempt: str
    campaign: str
    record: str
    number_ref: str
    carrier: str
    agent: str
    at_ns: int


class ListStatus(Struct, frozen=True):
    """One list, and how many of its records stand where."""

    id: str
    campaign: str
    state: ListState
    place: int
    records: int
    bad: int  # rows of the file that were not taken
    new: int = 0
    retry: int = 0
    recall: int = 0
    dialling: int = 0
    closed: int = 0

    @property
    def remaining(self) -> int:
        """How many records may still be dialled."""
        return self.new + self.retry + self.recall + self.dialling


class CampaignStatus(Struct, frozen=True):
    """A campaign as it stands."""

    id: str
    state: CampaignState
    revision: int
    from_ns: int
    until_ns: int
    lists: tuple[ListStatus, ...]
    closed: dict[str, int]  # records by why they were closed
    outcomes: dict[str, int]  # attempts by outcome; "" is open
    attempts: int
    abandoned: int
    persons: int
    closed_last_hour: int  # records whose last attempt ended in the hour before, and that are closed
    run_out_ns: int | None  # until nothing remains, at the pace of the last hour; None: there was none

    @property
    def remaining(self) -> int:
        """How many records of active lists may still be dialled."""
        return sum(one.remaining for one in self.lists if one.state == "active")


class HourCounts(NamedTuple):
    """Attempts of an hour of UTC."""

    start_ns: int
    attempts: int
    persons: int
    machines: int
    abandoned: int
