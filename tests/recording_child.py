"""A host with the wing of recording and its database, at work until it is killed: ``JOURNAL DATABASE SEED [finish]``.

Owns the process that the crash test kills; must not judge what came of it.
"""

import random
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from routing import (
    AcceptOffer,
    Agent,
    CompleteContact,
    Config,
    EnqueueContact,
    LogIn,
    Queue,
    Remark,
    RequeueContact,
)
from routing.center.recording import FOLLOWER, RecordingSettings, RecordingWing, Rule, recording
from routing.center.recording.recordings import Recordings
from routing.commands import Command, HoldContact, RetrieveContact
from routing.engine import Engine
from routing.host import Host, Settings
from routing.remarks import Consent, Recording
from routing.units import MILLISECOND

CENTRE = Config(
    agents=tuple(Agent(f"a{number}") for number in range(6)),
    queues=(Queue("sales"), Queue("tech")),
)
POLICY = RecordingSettings(
    (
        Rule("tech", queues=("tech",), consent="asked", share=0.7, max_pause_ns=20 * MILLISECOND),
        Rule("rest", consent="announcement", may_stop=True, legal_hold=True, max_pause_ns=5 * MILLISECOND),
    )
)


def open_host(journal: Path) -> Host:
    return Host(
        CENTRE,
        journal,
        durability="none",  # which a killed process survives as well, and a machine does not
        settings=Settings(threads=False, keep_snapshots=1_000),
        followers={FOLLOWER: recording(POLICY)},
    )


def drawn(rng: random.Random, engine: Engine, number: int) -> Command:
    """What a caller or an agent does next."""
    contacts = engine.contacts
    ringing = [one for one in contacts.values() if one.state == "offered"]
    held = [one.id for one in contacts.values() if one.state == "held"]
    talking = [one.id for one in contacts.values() if one.state == "handling"]
    if ringing and rng.random() < 0.6:
        one = rng.choice(ringing)
        assert one.segment is not None
        return AcceptOffer(one.id, one.segment.agent)
    if held and rng.random() < 0.5:
        return RetrieveContact(rng.choice(held))
    if talking and rng.random() < 0.75:
        contact = rng.choice(talking)
        return rng.choice(
            (
                CompleteContact(contact),
                HoldContact(contact),
                RequeueContact(contact, (rng.choice(("sales", "tech")),)),
                Remark(contact, Consent("recording", rng.choice(("given", "refused")))),
                Remark(
                    contact, Recording(rng.choice(("start", "stop", "pause", "pause", "resume")), "agent")
                ),
            )
        )
    return EnqueueContact(f"c{number}", (rng.choice(("sales", "tech")),), customer=f"u{number % 9}")


def settle(host: Host) -> None:
    while proposals := host.look_now(FOLLOWER, lambda wing, now_ns: wing.due(now_ns)).proposals:
        for one in proposals:
            host.apply(one.command, request_id=one.request_id, actor=FOLLOWER)


def put(host: Host, recordings: Recordings) -> None:
    number, rows = host.look(FOLLOWER, RecordingWing.take)
    recordings.write(rows)
    host.look(FOLLOWER, lambda wing: wing.confirm(number))


def main() -> None:
    journal, database, seed, *more = sys.argv[1:]
    with Recordings(database) as recordings:
        host = open_host(Path(journal))
        rng = random.Random(f"{seed} {host.seq}")
        for agent in CENTRE.agents:
            host.apply(LogIn(agent.id))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while not more:
            host.tick()
            host.apply(host.read(lambda engine: drawn(rng, engine, host.seq)))
            if rng.random() < 0.7:
                settle(host)
            if rng.random() < 0.1:
                put(host, recordings)
                sys.stdout.write("put\n")
                sys.stdout.flush()
            if rng.random() < 0.02:
                host.snapshot()
        settle(host)
        for contact in host.read(lambda engine: list(engine.contacts)):
            host.apply(CompleteContact(contact))
        put(host, recordings)
        host.close()


if __name__ == "__main__":
    main()
