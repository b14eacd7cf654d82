"""The sidecar without Kamailio: its frames, its book of calls, and its link to a scripted evapi on a real socket.

Owns what the sidecar promises by itself; whole calls are in `test_kamailio`.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kamailio_sidecar import link as link_module
from kamailio_sidecar import messages as m
from kamailio_sidecar.book import AskCode, AskReport, AskRoute, AskSync, Book, Place, Rules
from kamailio_sidecar.link import BATCH_BYTES, Link
from kamailio_sidecar.netstring import FRAME_MAX, Decoder, NetstringError, encode
from kamailio_sidecar.settings import Settings, load

from grpc_api.v1 import routing_pb2 as pb

MS = 1_000_000
EXAMPLE = Path(__file__).parents[1] / "examples" / "kamailio"

# --- Frames


@pytest.mark.parametrize("seed", range(5))
def test_frames_are_found_however_the_stream_is_dealt_out(seed: int) -> None:
    chance = random.Random(seed)
    payloads = [chance.randbytes(chance.choice((0, 1, 9, 10, 99, 5_000))) for _ in range(200)]
    stream = b"".join(map(encode, payloads))
    decoder, found, at = Decoder(), [], 0
    while at < len(stream):
        step = chance.choice((1, 2, 3, 50, 4_096))
        found += decoder.feed(stream[at : at + step])
        at += step
    assert found == payloads


@pytest.mark.parametrize(
    "wrong", [b"x", b"5hello,", b"5:hello;", b":,", b"-1:,", b"%d:" % (FRAME_MAX + 1), b"99999999"]
)
def test_what_is_no_frame_is_said_to_be_none(wrong: bytes) -> None:
    with pytest.raises(NetstringError, match="must"):
        Decoder().feed(wrong)


def test_a_length_may_be_cut_in_the_middle() -> None:
    decoder = Decoder()
    assert decoder.feed(b"1") == []
    assert decoder.feed(b"0:0123456789,1") == [b"0123456789"]
    assert decoder.feed(b":x,") == [b"x"]


# --- The book


def invite(call: str = "c", called: str = "100") -> m.Invite:
    return m.Invite(call, "1", 7, 8, "4711", "sip:4711@127.0.0.1", called)


def offer(number: int, agent: str = "ann", queue: str = "q", ring_ms: int = 20_000) -> pb.Instruction:
    return pb.Instruction(
        offer=pb.Offer(
            agent=agent, endpoint=f"sip:{agent}@d", offer=number, ring_ns=ring_ms * MS, queue=queue
        )
    )


WAIT = pb.Instruction(wait=pb.Wait(queues=["q"]))
TALK = pb.Instruction(talk=pb.Talk(agent="ann"))
RELEASE = pb.Instruction(release=pb.Release(outcome="handled"))


def stop(number: int) -> pb.Instruction:
    return pb.Instruction(stop=pb.StopRinging(agent="ann", offer=number, cause="missed"))


def answer(revision: int, *found: pb.Instruction) -> pb.ReportCallResponse:
    return pb.ReportCallResponse(revision=revision, instruction=found[0], further=found[1:])


def leg(number: int, agent: str = "ann") -> m.Leg:
    return m.Leg(f"sip:{agent}@d", agent, number)


def dial(*numbers: int, ring_ms: int = 25_000) -> m.Dial:
    return m.Dial("c", 7, 8, tuple(leg(number) for number in numbers), ring_ms)


def reports(actions: list[object]) -> list[tuple[str, int]]:
    return [
        (pb.Report.Name(one.request.report)[len("REPORT_") :], one.request.offer)
        for one in actions
        if isinstance(one, AskReport)
    ]


def ringing(book: Book, number: int = 1) -> None:
    """Bring call c to where it rings for this offer."""
    book.heard(invite(), 0)
    assert book.instructed("c", 5, offer(number), 0) == [dial(number)]


def test_a_call_is_asked_about_rung_answered_and_over() -> None:
    book = Book(Rules())
    [ask] = book.heard(invite(), 0)
    assert isinstance(ask, AskRoute)
    assert (ask.request.call_id, ask.request.called, ask.request.request_id) == ("c", "100", "c route")
    assert book.instructed("c", 5, offer(1), 0) == [dial(1)]
    assert reports([*book.heard(m.Ringing("c", 1, "ann"), 1)]) == [("RINGING", 1)]
    assert reports([*book.heard(m.Answered("c", 1, "ann", ("f", "t")), 2)]) == [("ANSWERED", 1)]
    assert book.calls["c"].place is Place.TALKING
    assert reports([*book.heard(m.Bye("c"), 3)]) == [("ENDED", 0)]
    assert book.heard(m.Bye("c"), 3) == []
    assert not book.calls


def test_the_answer_and_the_stream_may_both_bring_an_offer_and_it_is_rung_once() -> None:
    book = Book(Rules())
    ringing(book)
    assert book.instructed("c", 5, offer(1), 0) == []


def test_an_answer_that_the_stream_has_overtaken_counts_no_more() -> None:
    book = Book(Rules())
    book.heard(invite(), 0)
    book.instructed("c", 9, offer(1), 0)
    assert book.instructed("c", 5, WAIT, 0) == []
    assert book.calls["c"].place is Place.RINGING


def test_who_waits_is_told_at_once_and_every_so_often() -> None:
    book = Book(Rules(progress_s=20))
    book.heard(invite(), 0)
    assert book.instructed("c", 5, WAIT, 1) == [m.Progress("c", "1")]
    assert book.tick(20, 0) == []
    assert book.tick(21, 0) == [m.Progress("c", "1")]
    assert book.tick(22, 0) == []


def test_no_answer_is_the_servers_to_say_and_the_next_offer_waits_for_the_parking() -> None:
    book = Book(Rules())
    ringing(book)
    assert book.instructed("c", 6, stop(1), 20) == [m.Stop("c", "1")]
    assert book.instructed("c", 7, offer(2), 20) == []
    # The device says 487; that is our own doing and is not reported.
    assert book.heard(m.Failed("c", 1, "ann", 487), 20) == []
    assert book.heard(m.Parked("c", "1", 7, 8, code=487), 20) == [dial(2)]


def test_a_stop_that_came_before_the_ringing_is_repeated() -> None:
    book = Book(Rules())
    ringing(book)
    book.instructed("c", 6, stop(1), 20)
    assert book.tick(20.5, 0) == []
    assert book.tick(21, 0) == [m.Stop("c", "1")]


@pytest.mark.parametrize(
    ("code", "silent", "report"),
    [
        (486, False, "BUSY"),
        (600, False, "BUSY"),
        (603, False, "REJECTED"),
        (408, False, "NO_ANSWER"),
        (480, False, "NO_ANSWER"),
        (408, True, "UNREACHABLE"),
        (404, False, "UNREACHABLE"),
        (503, False, "UNREACHABLE"),
    ],
)
def test_what_a_failure_means(code: int, silent: bool, report: str) -> None:
    book = Book(Rules())
    ringing(book)
    assert reports([*book.heard(m.Failed("c", 1, "ann", code, silent), 1)]) == [(report, 1)]
    assert book.heard(m.Failed("c", 1, "ann", code, silent), 1) == []


def test_the_offers_of_a_group_are_gathered_and_rung_together() -> None:
    book = Book(Rules(groups=frozenset({"q"}), gather_s=0.05))
    book.heard(invite(), 0)
    assert book.instructed("c", 5, offer(1), 0) == []
    assert book.instructed("c", 5, offer(2), 0) == []
    gathering = [book.gathering]
    assert book.tick(0.05, 0) == [dial(1, 2)]
    gathering.append(book.gathering)
    assert gathering == [True, False]
    # One is stopped: the other still rings, so nothing is cancelled.
    assert book.instructed("c", 6, stop(1), 1) == []
    assert book.instructed("c", 7, stop(2), 1) == [m.Stop("c", "1")]


def test_the_offers_of_a_group_that_come_in_one_answer_are_rung_at_once() -> None:
    book = Book(Rules(groups=frozenset({"q"})))
    book.heard(invite(), 0)
    found = pb.RouteCallResponse(revision=5, instruction=offer(1), further=[offer(2)])
    assert book.routed("c", found, 0) == [dial(2, 1)]


def test_an_answer_too_late_is_compared_instead_of_reported() -> None:
    book = Book(Rules())
    ringing(book)
    book.instructed("c", 6, stop(1), 20)
    [answered] = book.heard(m.Answered("c", 1, "ann"), 20)
    assert isinstance(answered, AskReport)
    assert book.reported(answered.request, answer(7, offer(2)), 20) == [AskSync()]
    assert [(one.call_id, one.agent) for one in book.live()] == [("c", "ann")]


def test_a_caller_who_is_gone_before_the_answer_is_reported_when_it_comes() -> None:
    book = Book(Rules())
    book.heard(invite(), 0)
    assert reports([*book.heard(m.Cancelled("c"), 0)]) == [("ABANDONED", 0)]
    late = pb.RouteCallResponse(revision=5, instruction=offer(1))
    assert reports([*book.routed("c", late, 0)]) == [("ABANDONED", 0)]
    assert book.instructed("c", 5, offer(1), 0) == []


def test_treatment_goes_to_its_target_and_stops_what_rings() -> None:
    book = Book(Rules())
    ringing(book)
    away = pb.Instruction(treatment=pb.Treatment(queue="q", target="sip:box@voicemail"))
    assert book.instructed("c", 6, away, 1) == [m.Stop("c", "1")]
    assert book.heard(m.Parked("c", "1", 7, 8), 1) == [m.Treat("c", 7, 8, "sip:box@voicemail")]
    assert not book.calls


@pytest.mark.parametrize(
    ("reason", "code"), [("unknown_queue", 404), ("contacts_limit", 503), ("closed", 480)]
)
def test_a_rejected_call_gets_a_final_reply(reason: str, code: int) -> None:
    book = Book(Rules())
    book.heard(invite(), 0)
    [reply] = book.instructed("c", 5, pb.Instruction(reject=pb.Reject(reason=reason)), 0)
    assert isinstance(reply, m.ReplyFinal)
    assert reply.code == code


def test_a_talk_that_the_server_ends_is_hung_up() -> None:
    book = Book(Rules())
    ringing(book)
    book.heard(m.Answered("c", 1, "ann", ("f", "t")), 1)
    assert book.instructed("c", 9, RELEASE, 2) == [m.HangUp("c", ("f", "t"))]


def test_without_an_answer_a_new_call_falls_back_and_one_that_waits_has_patience() -> None:
    book = Book(Rules(away_new_s=3, away_waiting_s=60))
    book.heard(invite("new"), 0)
    book.heard(invite("old"), 0)
    book.instructed("old", 5, WAIT, 0)
    assert book.tick(3, 3) == [m.FallBack("new", 7, 8)]
    assert not [one for one in book.tick(59, 59) if isinstance(one, m.FallBack)]
    assert book.tick(60, 60) == [m.FallBack("old", 7, 8)]
    assert not book.calls


@pytest.mark.parametrize(
    ("done", "agent", "code"), [(True, "ann", 480), (False, "ann", 403), (False, "", 404)]
)
def test_a_code_is_answered_by_a_final_reply(done: bool, agent: str, code: int) -> None:
    book = Book(Rules())
    [ask] = book.heard(invite(called="*45"), 0)
    assert isinstance(ask, AskCode)
    assert ask.request.endpoint == "sip:4711@127.0.0.1"
    assert not book.live()
    answer = pb.DialCodeResponse(text="logged_in", agent=agent, done=done)
    assert book.code_done("c", answer) == [m.ReplyFinal("c", 7, 8, code, "Logged in")]


def test_a_code_may_be_answered_by_an_announcement() -> None:
    book = Book(Rules(announcements="sip:{text}@media"))
    book.heard(invite(called="*45"), 0)
    answer = pb.DialCodeResponse(text="logged_in", agent="ann", done=True)
    assert book.code_done("c", answer) == [m.Treat("c", 7, 8, "sip:Loggedin@media")]


# --- Coming back


def test_the_list_is_the_truth_but_for_what_happened_meanwhile() -> None:
    book = Book(Rules())
    book.heard(invite("gone"), 0)
    book.begin_listing()
    book.heard(m.Bye("over"), 0)
    known = (
        m.KnownCall("over", "talking", agent="ann"),
        m.KnownCall("talks", "talking", agent="ben", tags=("f", "t")),
        m.KnownCall("rings", "ringing", legs=(leg(4),), cseq="1"),
        m.KnownCall("waits", "parked", cseq="1", index=7, label=8, called="100"),
    )
    book.heard(m.Calls(known), 0)
    book.end_listing(1)
    assert {name: call.place for name, call in book.calls.items()} == {
        "talks": Place.TALKING,
        "rings": Place.RINGING,
        "waits": Place.WAITING,
    }
    assert [(one.call_id, one.agent) for one in book.live()] == [
        ("talks", "ben"),
        ("rings", ""),
        ("waits", ""),
    ]


def test_a_comparison_asks_about_the_unknown_and_stops_what_should_not_ring() -> None:
    book = Book(Rules())
    book.begin_listing()
    rings = m.KnownCall("rings", "ringing", legs=(leg(4),), cseq="1")
    waits = m.KnownCall("waits", "parked", cseq="1", index=7, label=8, called="100")
    book.heard(m.Calls((rings, waits)), 0)
    book.end_listing(1)
    answer = pb.SyncCallsResponse(
        revision=9,
        unknown=["waits"],
        instructions=[pb.CallInstruction(call_id="rings", instruction=WAIT)],
    )
    actions = book.synced(answer, 1)
    assert [type(one) for one in actions] == [AskRoute, m.Stop]


def test_what_rings_as_the_server_wants_goes_on_ringing() -> None:
    book = Book(Rules())
    ringing(book)
    answer = pb.SyncCallsResponse(
        revision=9, instructions=[pb.CallInstruction(call_id="c", instruction=offer(1))]
    )
    assert book.synced(answer, 1) == []
    assert book.calls["c"].place is Place.RINGING


def test_a_call_whose_reports_are_under_way_is_live() -> None:
    book = Book(Rules())
    ringing(book)
    answered = book.heard(m.Answered("c", 1, "ann"), 1)
    ended = book.heard(m.Bye("c"), 1)
    assert [(one.call_id, one.agent) for one in book.live()] == [("c", "ann")]
    for report in (*answered, *ended):
        assert isinstance(report, AskReport)
        book.reported(report.request, answer(9, RELEASE), 1)
    assert book.live() == []


# --- The link


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that stands still for a while is no silence, and no heartbeat comes in between."""
    monkeypatch.setattr(link_module, "_SILENCE_S", 60.0)
    monkeypatch.setattr(link_module, "_HEARTBEAT_S", 60.0)


class Evapi:
    """Kamailio's side of the socket, scripted: answers pings, says what it is told to."""

    def __init__(self) -> None:
        self.commands: list[dict[str, Any]] = []
        self.largest = 0
        self.connections = 0
        self.pong = True
        self.open = 0
        self._writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        self._writers.append(writer)
        try:
            await self._answer(reader)
        finally:
            writer.close()
            await asyncio.gather(writer.wait_closed(), return_exceptions=True)
            self.open -= 1

    async def _answer(self, reader: asyncio.StreamReader) -> None:
        decoder = Decoder()
        while data := await reader.read(32_767):
            self.largest = max(self.largest, len(data))
            for payload in decoder.feed(data):
                command = msgspec.json.decode(payload)
                self.commands.append(command)
                if command["do"] == "ping" and self.pong:
                    self.say(b'{"event":"pong","number":%d}' % command["number"])

    def say(self, payload: bytes) -> None:
        self._writers[-1].write(encode(payload))

    def raw(self, data: bytes) -> None:
        self._writers[-1].write(data)

    def hang_up(self) -> None:
        self._writers[-1].close()


def with_evapi(work: Callable[[Evapi, Link, list[m.Event], list[int]], Awaitable[None]]) -> None:
    """Run this against a scripted evapi and a link that is being kept up."""

    async def run() -> None:
        evapi = Evapi()
        server = await asyncio.start_server(evapi.serve, "127.0.0.1", 0)
        heard: list[m.Event] = []
        opened: list[int] = []
        link = Link("127.0.0.1", server.sockets[0].getsockname()[1], lambda: opened.append(1), heard.append)
        running = asyncio.create_task(link.run())
        try:
            await until(lambda: evapi.connections == 1 and opened)
            await work(evapi, link, heard, opened)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await until(lambda: not evapi.open)
            server.close()
            await server.wait_closed()

    asyncio.run(run())


async def until(ready: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not ready():
            await asyncio.sleep(0.005)


@pytest.mark.usefixtures("unhurried")
def test_events_come_in_and_commands_go_out() -> None:
    async def work(evapi: Evapi, link: Link, heard: list[m.Event], _opened: list[int]) -> None:
        evapi.say(b'{"event":"bye","call":"c"}')
        evapi.say(b'{"event":"from the future"}')
        evapi.say(b'{"event":"listed"}')
        link.send(m.Progress("c", "1"))
        await until(lambda: len(heard) == 2 and len(evapi.commands) >= 2)
        assert heard == [m.Bye("c"), m.Listed()]
        assert evapi.commands[0] == {"do": "progress", "call": "c", "cseq": "1"}

    with_evapi(work)


@pytest.mark.usefixtures("unhurried")
def test_never_more_is_under_way_than_the_peer_can_read() -> None:
    async def work(evapi: Evapi, link: Link, _heard: list[m.Event], _opened: list[int]) -> None:
        evapi.pong = False
        for number in range(2_000):
            link.send(m.Progress(f"call-{number:050}", "1"))
        await until(lambda: [one["do"] for one in evapi.commands].count("ping") == 2)
        await asyncio.sleep(0.05)
        pings = [one for one in evapi.commands if one["do"] == "ping"]
        assert len(pings) == 2
        evapi.pong = True
        evapi.say(b'{"event":"pong","number":%d}' % pings[-1]["number"])
        await until(lambda: len([one for one in evapi.commands if one["do"] == "progress"]) == 2_000)
        calls = [one["call"] for one in evapi.commands if one["do"] == "progress"]
        assert calls == [f"call-{number:050}" for number in range(2_000)]
        assert evapi.largest < 2 * (BATCH_BYTES + 100)

    with_evapi(work)


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("how", ["hang up", "rubbish"])
def test_a_broken_connection_is_made_anew(how: str) -> None:
    async def work(evapi: Evapi, link: Link, _heard: list[m.Event], opened: list[int]) -> None:
        if how == "hang up":
            evapi.hang_up()
        else:
            evapi.raw(b"no netstring")
        await until(lambda: evapi.connections == 2 and len(opened) == 2)
        link.send(m.Progress("c", "1"))
        await until(lambda: any(one["do"] == "progress" for one in evapi.commands))

    with_evapi(work)


# --- Settings


def test_the_example_has_the_defaults() -> None:
    assert load(EXAMPLE / "sidecar.toml") == Settings()
    assert Settings().rules() == Rules()


def test_an_unknown_setting_is_named(tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_text("evappi = 1")
    with pytest.raises(msgspec.ValidationError, match="evappi"):
        load(tmp_path / "wrong.toml")
