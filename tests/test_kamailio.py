"""Whole calls: SIPp's callers, a real Kamailio with its sidecar, a real server, SIPp's devices.

Owns what a telephone sees and what the journal then says; must not know how Kamailio or the sidecar go about it.
"""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from sip.phones import Phones
from sip.processes import free_port, wait_for
from sip.site import Site

from routing.events import (
    ContactEnded,
    ContactEnqueued,
    Event,
    OfferAccepted,
    OfferFailed,
    OfferMissed,
    OfferRejected,
    OfferWithdrawn,
)

MISSING: Final = [name for name in ("kamailio", "sipp") if shutil.which(name) is None]
pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(
        bool(MISSING),
        reason=f"{' and '.join(MISSING)} not found; .ci/packages names what `make test` installs when it is root",
    ),
]

#: On a machine that is slow nobody is away, and no device out of reach: of kamailio.cfg, and of the sidecar.
PATIENT: Final = {"AWAY_NEW": "60", "AWAY_WAITING": "120", "UNREACHABLE_MS": "60000"}
PATIENT_SIDECAR: Final = {"away_new_ms": 60_000, "away_waiting_ms": 120_000, "gather_ms": 2_000}

#: Who is in which queue of the shared site; a queue requires the skill of its own name.
SHARED: Final = {
    "answered": ("anna",),
    "abandoned": ("bert",),
    "cancelled": ("cleo",),
    "unanswered": ("dora", "emil"),
    "busy": ("finn", "gina"),
    "waiting": ("hans",),
    "twice": ("ines",),
    "everybody": ("jana", "karl"),
    "withdrawn": ("lena", "milo"),
}


def centre(queues: dict[str, tuple[str, ...]], **options: object) -> dict[str, object]:
    """Spell a centre: one queue for each skill, whose agents have it, the first the most."""
    agents: dict[str, dict[str, int]] = {}
    for queue, names in queues.items():
        for place, name in enumerate(names):
            agents.setdefault(name, {})[queue] = 90 - 10 * place
    return {
        "name": "telephones",
        "queues": [
            {"id": queue, "requirement": queue, "strategy": "most_skilled", "ring_timeout": "20s"}
            | dict(options.get(queue, {}))  # type: ignore[call-overload]
            for queue in queues
        ],
        "agents": [{"id": name, "skills": skills} for name, skills in agents.items()],
    }


def addresses(phones: Phones, *agents: str) -> dict[str, str]:
    """Give each agent a device of its own: an address on the loopback network."""
    return {agent: f"sip:{agent}@{phones.next_address()}" for agent in agents}


@pytest.fixture
def phones(tmp_path: Path) -> Iterator[Phones]:
    made = Phones(tmp_path)
    yield made
    made.stop()


class Desk:
    """A site and the devices of its agents."""

    def __init__(self, site: Site, phones: Phones, endpoints: dict[str, str]) -> None:
        self.site = site
        self.phones = phones
        self._endpoints = endpoints

    def address(self, agent: str) -> str:
        """Host and port of a device."""
        return self._endpoints[agent].partition("@")[2]

    def device(self, agent: str, scenario: str = "agent", pause_ms: int = 50) -> None:
        """Switch an agent's device on and log the agent in."""
        self.phones.device(scenario, self.address(agent), pause_ms)
        self.site.log_in(agent)

    def of_queue(self, queue: str) -> list[Event]:
        """What happened to the contacts of a queue so far."""
        events = self.site.history()[1]
        contacts = {
            one.contact for one in events if isinstance(one, ContactEnqueued) and one.queues[0] == queue
        }
        return [one for one in events if getattr(one, "contact", "") in contacts]

    def ends(self, queue: str, count: int = 1) -> list[str]:
        """Wait until so many contacts of a queue have ended; give their outcomes."""

        def outcomes() -> list[str]:
            return [one.outcome for one in self.of_queue(queue) if isinstance(one, ContactEnded)]

        wait_for(f"{count} calls to {queue} have ended", lambda: len(outcomes()) >= count)
        return outcomes()

    def answered_by(self, queue: str) -> list[str]:
        """Who answered the calls to a queue."""
        return [one.agent for one in self.of_queue(queue) if isinstance(one, OfferAccepted)]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One site for the tests that do not break anything, each with queues and agents of its own."""
    folder = tmp_path_factory.mktemp("site")
    phones = Phones(folder)
    agents = sorted({agent for names in SHARED.values() for agent in names} | {"nora", "olaf", "pia", "quin"})
    endpoints = addresses(phones, *agents)
    spelled = centre(
        {**SHARED, "tech": ("nora", "pia"), "spanish": ("olaf", "pia"), "codes": ("quin",)},
        unanswered={"ring_timeout": "2s"},
        everybody={"strategy": "ring_all"},
        tech={"requirement": "tech and spanish"},
    )
    groups = {"groups": ["everybody"]}
    site = Site(folder, spelled, endpoints, defines=PATIENT, sidecar={**PATIENT_SIDECAR, **groups})
    try:
        site.start()
        yield Desk(site, phones, endpoints)
    finally:
        phones.stop()
        site.stop()


# --- Callers themselves


@pytest.mark.parametrize(("last", "strange"), [("180 Ringing", ""), ("480 Not Now", "SIP/2.0 480 Not Now")])
def test_a_caller_who_talks_minds_every_reply_but_a_late_provisional_one(
    phones: Phones, last: str, strange: str
) -> None:
    host = "127.0.0.1"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind((host, free_port(host)))
        line.settimeout(30)
        call = phones.call("caller", f"{host}:{line.getsockname()[1]}", "sales", talk_ms=500)
        invite, caller = line.recvfrom(4096)
        for status in ("200 OK", last):
            line.sendto(_reply(invite, status), caller)
        if strange:
            with pytest.raises(AssertionError, match=strange):
                call.went()
            return
        heard = b""
        while not heard.startswith(b"BYE"):
            heard = line.recv(4096)
        line.sendto(_reply(heard, "200 OK"), caller)
        assert call.went()


def _reply(request: bytes, status: str) -> bytes:
    """Reply to a request as the device at the other end would."""
    kept = ("Via:", "From:", "To:", "Call-ID:", "CSeq:")
    lines = [line for line in request.decode().split("\r\n") if line.startswith(kept)]
    return "\r\n".join([f"SIP/2.0 {status}", *lines, "Content-Length: 0", "", ""]).encode()


# --- One call after another


def test_an_agent_answers(shared: Desk) -> None:
    shared.device("anna")
    assert shared.phones.call("caller", shared.site.sip, "answered").went()
    assert shared.ends("answered") == ["handled"]
    assert shared.answered_by("answered") == ["anna"]


def test_a_caller_who_gives_up_in_the_queue_has_abandoned(shared: Desk) -> None:
    assert shared.phones.call("caller_gives_up", shared.site.sip, "abandoned").went()
    assert shared.ends("abandoned") == ["abandoned"]


def test_a_caller_who_gives_up_while_it_rings_has_abandoned(shared: Desk) -> None:
    shared.device("cleo", "agent_silent")
    assert shared.phones.call("caller_gives_up", shared.site.sip, "cancelled").went()
    assert shared.ends("cancelled") == ["abandoned"]


def test_no_answer_goes_to_the_second_agent(shared: Desk) -> None:
    shared.device("dora", "agent_silent")
    shared.device("emil")
    assert shared.phones.call("caller", shared.site.sip, "unanswered").went()
    assert shared.ends("unanswered") == ["handled"]
    missed = [one.agent for one in shared.of_queue("unanswered") if isinstance(one, OfferMissed)]
    # On a slow machine Emil may need a second chance.
    assert (missed[0], shared.answered_by("unanswered")) == ("dora", ["emil"])


def test_busy_goes_to_the_next(shared: Desk) -> None:
    shared.device("finn", "agent_busy")
    shared.device("gina")
    assert shared.phones.call("caller", shared.site.sip, "busy").went()
    assert shared.ends("busy") == ["handled"]
    failed = [(one.agent, one.cause) for one in shared.of_queue("busy") if isinstance(one, OfferFailed)]
    assert (failed, shared.answered_by("busy")) == ([("finn", "busy")], ["gina"])


def test_two_skills_find_the_agent_who_has_both(shared: Desk) -> None:
    for agent in ("nora", "olaf", "pia"):
        shared.device(agent)
    assert shared.phones.call("caller", shared.site.sip, "tech").went()
    assert shared.ends("tech") == ["handled"]
    assert shared.answered_by("tech") == ["pia"]


def test_a_caller_in_the_queue_is_answered_when_the_agent_hangs_up(shared: Desk) -> None:
    shared.device("hans", "agent_hangs_up", pause_ms=1_000)
    first = shared.phones.call("caller_listens", shared.site.sip, "waiting")
    wait_for("the first is answered", lambda: shared.answered_by("waiting"))
    second = shared.phones.call("caller_listens", shared.site.sip, "waiting")
    assert first.went()
    assert second.went()
    assert shared.ends("waiting", 2) == ["handled", "handled"]
    assert shared.answered_by("waiting") == ["hans", "hans"]


def test_hanging_up_twice_ends_a_call_once(shared: Desk) -> None:
    shared.device("ines", "agent_twice")
    assert shared.phones.call("caller_hangs_up_twice", shared.site.sip, "twice").went()
    assert shared.ends("twice") == ["handled"]
    assert shared.site.process("sidecar").running


def test_a_ring_group_rings_all_and_the_first_to_answer_has_the_call(shared: Desk) -> None:
    shared.device("jana", "agent_silent")
    shared.device("karl", pause_ms=300)
    assert shared.phones.call("caller", shared.site.sip, "everybody").went()
    assert shared.ends("everybody") == ["handled"]
    assert shared.answered_by("everybody") == ["karl"]
    withdrawn = [one.agent for one in shared.of_queue("everybody") if isinstance(one, OfferWithdrawn)]
    assert withdrawn == ["jana"]


def test_an_agent_who_goes_not_ready_is_rung_no_longer(shared: Desk) -> None:
    shared.device("lena", "agent_silent")
    shared.device("milo")
    call = shared.phones.call("caller", shared.site.sip, "withdrawn")
    wait_for("it rings", lambda: shared.of_queue("withdrawn"))
    shared.site.dial("lena", "*48")
    assert call.went()
    assert shared.ends("withdrawn") == ["handled"]
    assert shared.answered_by("withdrawn") == ["milo"]


def test_an_agent_logs_in_by_a_dialled_code(shared: Desk) -> None:
    call = shared.phones.call("caller_gets_480", shared.site.sip, "*45", caller="quin")
    assert call.went()
    assert shared.site.dial("quin", "*45").text == "already_so"


def test_a_number_that_leads_nowhere_is_not_found(shared: Desk) -> None:
    assert shared.phones.call("caller_gets_404", shared.site.sip, "nowhere").went()


def test_nothing_was_rejected_by_mistake(shared: Desk) -> None:
    assert not shared.site.events(OfferRejected)
    assert "Traceback" not in shared.site.process("sidecar").log.read_text()
    assert "Unhandled exception" not in shared.site.process("kamailio").log.read_text()


# --- Something breaks


@pytest.fixture
def lone(request: pytest.FixtureRequest, tmp_path: Path, phones: Phones) -> Iterator[Desk]:
    """A site with one queue, one agent and a fall-back, which calls reach soon only where that is tested."""
    endpoints = addresses(phones, "anna", "voicemail")
    less: tuple[dict[str, str], dict[str, int]] = getattr(request, "param", ({}, {}))
    site = Site(
        tmp_path,
        centre({"sales": ("anna",)}),
        {"anna": endpoints["anna"]},
        defines={"FALLBACK": endpoints["voicemail"], **PATIENT, **less[0]},
        sidecar={**PATIENT_SIDECAR, **less[1]},
    )
    try:
        site.start()
        yield Desk(site, phones, endpoints)
    finally:
        site.stop()


def impatient(kamailio: dict[str, str], sidecar: dict[str, int]) -> pytest.MarkDecorator:
    """The lone site with less patience in one place."""
    return pytest.mark.parametrize("lone", [(kamailio, sidecar)], ids=["impatient"], indirect=True)


def test_the_queue_survives_a_killed_server_and_the_calls_go_on(lone: Desk) -> None:
    lone.device("anna")
    first = lone.phones.call("caller", lone.site.sip, "sales", talk_ms=3_000)
    wait_for("the first is answered", lambda: lone.answered_by("sales"))
    queued = [lone.phones.call("caller", lone.site.sip, "sales", talk_ms=100) for _ in range(3)]
    wait_for("the others wait", lambda: len(lone.site.events(ContactEnqueued)) == 4)
    lone.site.process("server").kill()
    # The first hangs up while nobody listens.
    assert first.went()
    lone.site.start_server()
    assert all(call.went() for call in queued)
    assert lone.ends("sales", 4) == ["handled"] * 4
    assert len(lone.site.events(ContactEnqueued)) == len(lone.site.events(ContactEnded)) == 4
    assert lone.answered_by("sales") == ["anna"] * 4


@impatient({}, {"away_new_ms": 1_000})
def test_without_a_server_calls_fall_back(lone: Desk) -> None:
    lone.phones.device("agent", lone.address("voicemail"))
    lone.site.process("server").kill()
    assert lone.phones.call("caller", lone.site.sip, "sales").went()
    assert not lone.site.events(ContactEnqueued)
    # And it is asked again when it is back.
    sidecar = lone.site.process("sidecar").log
    compared = sidecar.read_text().count("compared:")
    lone.site.start_server()
    wait_for("it has compared again", lambda: sidecar.read_text().count("compared:") > compared)
    lone.device("anna")

    def asked() -> list[str]:
        """Call; on a slow machine the answer may come too late, and the call falls back as well."""
        assert lone.phones.call("caller", lone.site.sip, "sales").went()
        return lone.answered_by("sales")

    wait_for("it is asked again", asked)
    assert set(lone.answered_by("sales")) == {"anna"}


def test_a_sidecar_that_is_killed_finds_all_calls_again(lone: Desk) -> None:
    lone.device("anna")
    talking = lone.phones.call("caller", lone.site.sip, "sales", talk_ms=2_000)
    wait_for("the first is answered", lambda: lone.answered_by("sales"))
    waiting = lone.phones.call("caller", lone.site.sip, "sales")
    wait_for("the second waits", lambda: len(lone.site.events(ContactEnqueued)) == 2)
    lone.site.process("sidecar").kill()
    # It hangs up while nobody tells the server: the comparison does.
    assert talking.went()
    arriving = lone.phones.call("caller", lone.site.sip, "sales")
    lone.site.start_sidecar()
    assert waiting.went()
    assert arriving.went()
    lone.ends("sales", 3)
    assert lone.answered_by("sales") == ["anna"] * 3


@impatient({"AWAY_NEW": "5", "AWAY_WAITING": "5"}, {})
def test_without_a_sidecar_calls_fall_back(lone: Desk) -> None:
    lone.phones.device("agent", lone.address("voicemail"))
    waiting = lone.phones.call("caller", lone.site.sip, "sales")
    wait_for("it waits", lambda: lone.site.events(ContactEnqueued))
    lone.site.process("sidecar").kill()
    new = lone.phones.call("caller", lone.site.sip, "sales")
    assert new.went()
    assert waiting.went()
    # Kamailio has them no longer, and the comparison says so.
    lone.site.start_sidecar()
    assert lone.ends("sales") == ["lost"]


def test_without_anybody_calls_are_told_to_come_back(tmp_path: Path, phones: Phones) -> None:
    site = Site(tmp_path, centre({"sales": ("anna",)}), addresses(phones, "anna"), defines={"AWAY_NEW": "1"})
    try:
        site.start_kamailio()
        assert phones.call("caller_gets_503", site.sip, "sales").went()
    finally:
        site.stop()
