"""Call-backs that are booked: windows, opening and calling hours, the agent asked for, and how many can be promised.

Owns one scenario for each promise of ``docs/call-backs.md`` about them; must not test what becomes of one whose turn
has come (``test_call_backs``).
"""

from itertools import product
from random import Random

import pytest
from promising import HOUR, MINUTE, NINE, Office, at, offered

from routing import (
    CancelContact,
    CloseQueue,
    EndAttempt,
    LogIn,
    OpenQueue,
)
from routing.center.callbacks.capacity import Matching, matched
from routing.center.callbacks.desk import NotPromisedError
from routing.center.callbacks.settings import CallBackSettings
from routing.center.callbacks.windows import local_window
from routing.errors import ConfigError

pytestmark = pytest.mark.once


# -------------------------------------------------------------------------------------------------- scheduled


def test_a_window_begins_when_it_begins() -> None:
    office = Office()
    window = local_window("2026-03-02", "14:00", "15:00", "Europe/London")  # 15:00 in Berlin
    office.desk.book(
        "p1", "sales", "n", *window, customer="ann-smith", timezone="Europe/London", confirmed=True
    )
    office.wait(at("2026-03-02", "15:00") - 1)
    assert office.wanted == []
    office.after(1)
    assert offered(office) == ["p1/1"]
    view = office.contact("p1/1")
    assert (view.channel, view.direction, view.attributes) == (
        "callback",
        "outbound",
        {"call_back": "p1", "number": "n"},
    )


@pytest.mark.parametrize(
    ("date", "hours"),
    [("2026-03-29", 1), ("2026-10-25", 3), ("2026-10-26", 2)],
    ids=["an hour is skipped", "an hour comes twice", "a usual day"],
)
def test_windows_follow_the_clock_where_the_customer_is(date: str, hours: int) -> None:
    """01:30 to 03:30 in Berlin, over the night on which clocks change."""
    office = Office(CallBackSettings(ahead_ns=400 * 24 * HOUR, expire_ns=0))
    window = local_window(date, "01:30", "03:30", "Europe/Berlin")
    assert window.to_ns - window.from_ns == hours * HOUR
    office.desk.book("p1", "sales", "n", *window, timezone="Europe/Berlin", confirmed=True)
    office.wait(window.from_ns - 1)
    assert office.wanted == []
    office.wait(window.from_ns)
    assert office.contact("p1/1") is not None
    office.wait(window.to_ns - 1)
    assert office.get("p1").open
    office.wait(window.to_ns)
    assert office.get("p1").outcome == "expired"


def test_it_waits_until_the_queue_opens() -> None:
    office = Office()
    office.do(CloseQueue("day"))
    office.desk.book("p1", "day", "n", confirmed=True)
    office.after(HOUR)
    assert office.wanted == []
    office.do(OpenQueue("day"))
    assert offered(office) == ["p1/1"]


def test_calling_hours_hold_where_the_customer_is() -> None:
    """In New York one may call from eight; at nine in Berlin it is three there."""
    office = Office(CallBackSettings(profiles=("us",)))
    office.desk.book("p1", "sales", "n", timezone="America/New_York", confirmed=True)
    office.wait(at("2026-03-02", "08:00", "America/New_York") - 1)
    assert office.wanted == []
    office.after(1)
    assert offered(office) == ["p1/1"]
    office.take("p1/1")
    assert office.dials() == ["p1/a1"]


def test_a_turn_outside_calling_hours_is_not_dialled() -> None:
    office = Office(
        CallBackSettings(profiles=("us",)), logged_in=(), at_ns=at("2026-03-02", "20:59", "America/New_York")
    )
    office.call("c1", "ann-smith")
    office.desk.keep("c1", "n", call_back="p1", timezone="America/New_York", confirmed=True)
    office.after(2 * MINUTE)
    office.do(LogIn("ann"))
    office.take("c1")
    assert (office.dials(), office.get("p1").open, office.contact("c1")) == ([], True, None)
    office.wait(at("2026-03-03", "08:00", "America/New_York"))
    assert office.contact("p1/1").credit_ns == office.clock.at_ns - office.get("p1").place_ns


def test_the_agent_asked_for_comes_first_then_anybody() -> None:
    office = Office(CallBackSettings(prefer_ns=2 * MINUTE), logged_in=("ann", "ben"))
    office.call("c1")
    office.take("c1")  # ann talks
    office.desk.book("p1", "sales", "n", agent="ann", confirmed=True)
    office.step()
    office.after(2 * MINUTE - 1)
    assert office.contact("p1/1").state == "waiting"
    office.after(1)
    assert office.contact("p1/1").segment.agent == "ben"


def test_it_is_moved_and_cancelled() -> None:
    office = Office(logged_in=())
    office.call("c1", "ann-smith")
    office.desk.keep("c1", "n", call_back="p1", confirmed=True)
    later = NINE + 5 * HOUR
    office.desk.move("p1", later, later + HOUR, agent="ben")
    office.step()
    assert office.contact("c1") is None  # it waits no longer
    office.do(LogIn("ben"))
    office.wait(later)
    assert office.contact("p1/1").segment.agent == "ben"
    office.desk.cancel("p1")
    office.step()
    assert (office.get("p1").outcome, office.contact("p1/1")) == ("cancelled", None)
    with pytest.raises(NotPromisedError, match="is over"):
        office.desk.cancel("p1")
    with pytest.raises(NotPromisedError, match="no call-back"):
        office.desk.move("p9", 0, 0)


def test_whoever_talks_is_not_cancelled() -> None:
    office = Office()
    office.desk.book("p1", "sales", "n", confirmed=True)
    office.step()
    office.take("p1/1")
    with pytest.raises(NotPromisedError, match="being made"):
        office.desk.move("p1", 0, 0)
    office.end("p1/a1", "person")
    with pytest.raises(NotPromisedError, match="has reached"):
        office.desk.cancel("p1")


def test_a_cancelled_dial_is_hung_up() -> None:
    office = Office()
    office.desk.book("p1", "sales", "n", confirmed=True)
    office.step()
    office.take("p1/1")
    office.desk.cancel("p1")
    office.step()
    assert office.wanted[-2:] == [
        EndAttempt("p1/a1", "cancelled"),
        CancelContact("p1/1", "call_back/cancelled"),
    ]


# --------------------------------------------------------------------------------------------------- capacity


def test_no_more_is_promised_than_can_be_served() -> None:
    office = Office(CallBackSettings(per_slot=2, slot_ns=30 * MINUTE, window_ns=30 * MINUTE))
    ten = at("2026-03-02", "10:00")
    for number in range(4):  # two slots of two
        office.desk.book(f"p{number}", "sales", "n", ten, ten + HOUR, confirmed=True)
    with pytest.raises(NotPromisedError) as error:
        office.desk.book("p4", "sales", "n", ten, ten + HOUR, confirmed=True)
    assert error.value.reason == "window_full"
    office.desk.book("p5", "sales", "n", ten + 30 * MINUTE, ten + 90 * MINUTE, confirmed=True)
    assert [slot.free for slot in office.desk.slots("sales", ten, ten + 2 * HOUR)] == [
        False,
        False,
        True,
        True,
    ]
    office.desk.cancel("p0")
    office.desk.move("p1", ten + HOUR, ten + 90 * MINUTE)
    assert [slot.free for slot in office.desk.slots("sales", ten, ten + HOUR)] == [True, True]


def test_closed_hours_have_no_capacity() -> None:
    office = Office(CallBackSettings(per_slot=1, profiles=("us",)))
    evening = at("2026-03-02", "17:00")
    assert (
        len(office.desk.slots("day", evening, evening + 3 * HOUR, "America/New_York")) == 2
    )  # closes at 18:00
    with pytest.raises(NotPromisedError) as error:
        office.desk.book("p1", "day", "n", evening + 2 * HOUR, evening + 3 * HOUR)
    assert error.value.reason == "window_closed"
    with pytest.raises(NotPromisedError) as error:
        office.desk.book(
            "p1", "day", "n", evening - 4 * HOUR, evening - 3 * HOUR, timezone="America/New_York"
        )
    assert error.value.reason == "window_closed"  # seven in the morning there


@pytest.mark.parametrize(
    ("window", "reason"),
    [
        ((NINE - 2 * HOUR, NINE - HOUR), "window_past"),
        ((NINE, NINE + MINUTE), "window_too_short"),
        ((NINE - HOUR, NINE + MINUTE), "window_too_short"),
        ((NINE + 2 * HOUR, NINE + HOUR), "window_past"),
        ((NINE + 800 * HOUR, NINE + 801 * HOUR), "window_too_far"),
    ],
)
def test_windows_that_are_not_promised(window: tuple[int, int], reason: str) -> None:
    office = Office()
    with pytest.raises(NotPromisedError) as error:
        office.desk.book("p1", "sales", "n", *window)
    assert error.value.reason == reason


def test_wishes_that_are_wrong_say_why() -> None:
    office = Office()
    for arguments, reason in (
        (("", "sales", "n"), "id_too_long"),
        (("p" * 111, "sales", "n"), "id_too_long"),
        (("p1", "sales", ""), "number_missing"),
        (("p1", "sails", "n"), "unknown_queue"),
    ):
        with pytest.raises(NotPromisedError) as error:
            office.desk.book(*arguments)
        assert error.value.reason == reason
    with pytest.raises(NotPromisedError, match="did you mean 'ann'"):
        office.desk.book("p1", "sales", "n", agent="anne")
    with pytest.raises(ConfigError, match="timezone"):
        office.desk.book("p1", "sales", "n", timezone="Europe/Berlinn")
    office.desk.book("p1", "sales", "n")
    with pytest.raises(NotPromisedError, match="there is a call-back"):
        office.desk.book("p1", "sales", "n")
    assert len(office.promises()) == 1


def test_the_matching_is_as_large_as_any() -> None:
    """Beside every way to place them, on small cases."""
    random = Random(7)
    for _ in range(300):
        per_slot, slots = random.choice((1, 2)), random.choice((2, 3, 4))
        wishes = [
            (f"w{place}", sorted(random.sample(range(slots), random.randrange(slots + 1))))
            for place in range(random.randrange(7))
        ]
        most = 0
        for chosen in product(*[(None, *wish) for _, wish in wishes]):
            fits = all(chosen.count(slot) <= per_slot for slot in range(slots))
            most = max(most, sum(one is not None for one in chosen)) if fits else most
        matching, left = matched(per_slot, wishes)
        assert len(wishes) - len(left) == most
        probe = sorted(random.sample(range(slots), 1))
        before = [matching.free(slot) for slot in range(slots)]
        told = matching.fits(probe)
        assert told == (len(matched(per_slot, [*wishes, ("x", probe)])[1]) == len(left))
        assert sum(before) == sum(matching.free(slot) for slot in range(slots))
    assert Matching(0).add("a", [1]) is False
