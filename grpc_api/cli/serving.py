"""``huntgroup serve``: run a server until it is told to end.

SIGTERM and SIGINT end it: no more calls are taken, those under way are answered. SIGHUP makes it read configurations,
settings of the guard and certificates anew.

Owns the options and the signals; must not know what a server is made of (``running``).
"""

import argparse
import gc
import logging
import os
import signal
from pathlib import Path
from types import FrameType
from typing import Final

import msgspec

from grpc_api.running import Running, with_centre
from grpc_api.settings import ServerSettings, check_settings, load_settings
from grpc_api.telemetry import log_to
from routing.errors import UsageError
from routing.units import SECOND

_LOG: Final = logging.getLogger("huntgroup.server")


def add_serve(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Host a contact centre over gRPC and HTTP. Ends on SIGTERM; reads its files anew on SIGHUP."
    )
    parser.add_argument("centre", nargs="?", metavar="CENTRE", help="configuration of a centre")
    parser.add_argument("--server", metavar="FILE", help="settings of the server")
    parser.add_argument("--data", metavar="DIR", help="where the journals are; by default 'data'")
    parser.add_argument("--listen", metavar="HOST:PORT", help="for gRPC; by default 127.0.0.1:50051")
    parser.add_argument("--http", metavar="HOST:PORT", help="for JSON over HTTP; '': none")
    parser.add_argument("--metrics", metavar="HOST:PORT", help="for Prometheus; '': none")
    parser.add_argument("--durability", choices=("full", "group", "none"), help="when a command is answered")
    parser.add_argument(
        "--insecure", action="store_true", help="without TLS, and without asking who calls, on loopback only"
    )
    parser.set_defaults(run=run)


def settings_of(options: argparse.Namespace) -> ServerSettings:
    """Give the settings that the options ask for."""
    settings = load_settings(options.server) if options.server else ServerSettings()
    changes: dict[str, object] = {
        name: getattr(options, name)
        for name in ("data", "listen", "durability")
        if getattr(options, name) is not None
    }
    for name in ("http", "metrics"):
        if getattr(options, name) is not None:
            changes[name] = msgspec.structs.replace(getattr(settings, name), listen=getattr(options, name))
    if options.insecure:
        changes["guard"] = msgspec.structs.replace(settings.guard, insecure=True)
    settings = check_settings(msgspec.structs.replace(settings, **changes))
    if options.centre:
        settings = with_centre(settings, options.centre)
    if not settings.domains:
        raise UsageError("nothing is to be served; name the configuration of a centre, or --server FILE")
    return settings


def run(options: argparse.Namespace) -> int:
    """Serve until a signal ends it."""
    settings = settings_of(options)
    log = log_to(gather_ns=SECOND // 10)
    # Python notes the number of each signal in this pipe, whichever thread it came to; a handler would run only once
    # the main thread does something.
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    handled = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.signal(number, _nothing) for number in handled}
    noted = signal.set_wakeup_fd(theirs, warn_on_full_buffer=False)
    try:
        with Running(settings) as running:
            # What is there by now stays until the end: no collection needs to look through it again.
            gc.collect()
            gc.freeze()
            where = " ".join(f"{name}={address}" for name, address in running.addresses.items())
            print(f"huntgroup serves {', '.join(running.domains.names)}: {where}", flush=True)
            while (number := os.read(ours, 1)[0]) == signal.SIGHUP:
                running.reload(_again(options))
            print(f"huntgroup ends: {signal.Signals(number).name}", flush=True)
    finally:
        signal.set_wakeup_fd(noted)
        for number, handler in before.items():
            signal.signal(number, handler)
        log.close()
        os.close(ours)
        os.close(theirs)
    return 0


def _nothing(number: int, frame: FrameType | None) -> None:
    """Let the pipe tell."""


def _again(options: argparse.Namespace) -> ServerSettings | None:
    """Read the settings anew; None, and a line in the log, where that fails."""
    if not options.server:
        return None
    try:
        return settings_of(options)
    except (ValueError, OSError) as error:
        _LOG.error("not reloaded: %s: %s; the old settings stay", Path(options.server).name, error)
        return None
