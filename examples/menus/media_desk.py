"""A media server in a terminal: leads calls through the menus of a huntgroup server, over gRPC.

What it would play it prints, and what callers would press it reads from standard input: keys, an empty line for
silence, `bye` for hanging up. The loop is that of any media server: play, wait for what is to be waited for, say what
happened, until there is an outcome.

    huntgroup serve --server server.toml          # with domains.bank.menus = "menus"
    python media_desk.py 127.0.0.1:50051 bank door --caller +49301234

Owns the loop of a driver; must not know what the flow says, nor how a real one plays and listens.
"""

import argparse
import sys

from grpc_api.client import Client
from grpc_api.menus.shapes import MenuTurn
from routing.menus import (
    AwaitAnswer,
    AwaitRecording,
    Digits,
    Ended,
    Failed,
    HungUp,
    Input,
    Recorded,
    TimedOut,
)
from routing.units import SECOND


def main(arguments: list[str] | None = None) -> int:
    """Take one call."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("server")
    parser.add_argument("domain")
    parser.add_argument("flow")
    parser.add_argument("--call", default="call-1")
    parser.add_argument("--caller", default="", help="stays in the server's memory")
    options = parser.parse_args(arguments)
    with Client(options.server, options.domain) as client:
        client.sync_menus("media-desk", [])  # this process has just begun: what it had before has hung up
        turn = client.start_menu(options.call, options.flow, caller=options.caller, front_end="media-desk")
        while turn.outcome is None:
            play(turn)
            turn = client.give_menu(options.call, listen(turn))
        play(turn)
        follow(turn)
    return 0


def play(turn: MenuTurn) -> None:
    """Play what is said, or let a voice say it."""
    for spoken in turn.spoken:
        print(f"play   {spoken.text}")


def listen(turn: MenuTurn) -> Input:
    """Wait as long as the turn says, and tell what happened. Each input names its wait, so it may be sent twice."""
    assert turn.wait is not None
    number = turn.wait.wait
    if isinstance(turn.wait, AwaitAnswer):
        print(f"look up {turn.wait.what}: there is nobody to ask here")
        return Failed(number)
    print("record " if isinstance(turn.wait, AwaitRecording) else "keys?  ", end="", flush=True)
    line = sys.stdin.readline()
    keys = line.strip()
    if keys == "bye" or not line:
        return HungUp()
    if not keys:
        return TimedOut(number)
    return (
        Recorded("message-1", 5 * SECOND, number)
        if isinstance(turn.wait, AwaitRecording)
        else Digits(keys, number)
    )


def follow(turn: MenuTurn) -> None:
    """Do what is the driver's; from here on a call that waits is one of `FollowCalls`, like any other."""
    if turn.done == "enqueued":
        print("the call waits for an agent:", *turn.instructions)
    elif isinstance(turn.outcome, Ended):
        print("hang up")
    else:
        print(turn.outcome)


if __name__ == "__main__":
    raise SystemExit(main())
