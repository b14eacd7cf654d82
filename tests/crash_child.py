"""A host in a process of its own, to be killed: requests come in on standard input, outcomes go out.

    python tests/crash_child.py JOURNAL DURABILITY SNAPSHOT_EVERY KEEP

A line in is a JSON list of requests, done together; a line out is a list of ``[request id, revision, repeated,
events]`` or ``{"error": ..., "text": ...}``. The first line out says what was recovered; a line ``?`` asks for the
state.

Owns the child's side of the crash tests; must not know who kills it.
"""

import sys

import msgspec
from crash_centre import CENTRE

from routing.errors import UnavailableError
from routing.host import Host, Request, Settings


def main(path: str, durability: str, snapshot_every: str, keep: str) -> None:
    settings = Settings(snapshot_every=int(snapshot_every), keep_snapshots=int(keep), sync_ns=2_000_000)
    out = sys.stdout.buffer

    def say(value: object) -> None:
        out.write(msgspec.json.encode(value) + b"\n")
        out.flush()

    def state() -> dict[str, object]:
        return {
            "revision": host.revision,
            "digest": host.digest,
            "seq": host.seq,
            "state": host.state,
            "contacts": host.read(lambda engine: len(engine.contacts)),
        }

    host = Host(CENTRE, path, durability=durability, settings=settings)  # type: ignore[arg-type]  # of the command line
    say(state())
    for line in sys.stdin.buffer:
        if line == b"?\n":
            say(state())
            continue
        if line == b"check\n":
            host.read(lambda engine: engine._check())
            say(state())
            continue
        requests = msgspec.json.decode(line, type=list[Request])
        try:
            outcomes = host.apply_many(requests)
        except UnavailableError as error:
            say({"error": type(error).__name__, "text": str(error)})
            continue
        say(
            [
                [request.request_id, outcome.revision, outcome.repeated, outcome.events]
                for request, outcome in zip(requests, outcomes, strict=True)
            ]
        )
    host.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
