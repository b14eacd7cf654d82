"""``huntgroup relay``: many may watch, and the server is watched once.

Owns the options; must not know how events are kept (``relay``).
"""

import argparse
import asyncio
import signal

import msgspec

from grpc_api.cli.reaching import add_reaching, target_of
from grpc_api.guard import Guard
from grpc_api.relay import Relay
from grpc_api.settings import ServerSettings, load_settings
from grpc_api.telemetry import log_to


def add_relay(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Watch a server once for each domain, and serve the events to as many as like to watch."
    )
    parser.add_argument("--upstream", required=True, metavar="HOST:PORT", help="the server")
    parser.add_argument(
        "--listen", default="127.0.0.1:50052", metavar="HOST:PORT", help="by default %(default)s"
    )
    parser.add_argument("--server", metavar="FILE", help="settings of a server; the section [guard] is read")
    parser.add_argument("--insecure", action="store_true", help="without TLS, on loopback only")
    add_reaching(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Relay until a signal ends it."""
    log_to()
    settings = load_settings(options.server) if options.server else ServerSettings()
    guard = settings.guard
    if options.insecure:
        guard = msgspec.structs.replace(guard, insecure=True)
    target = target_of(options.upstream, options)
    asyncio.run(_relay(Relay(target, options.listen, Guard(guard))))
    return 0


async def _relay(relay: Relay) -> None:
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    async with relay:
        print(f"huntgroup relays {relay.target.address}: port={relay.port}", flush=True)
        await over.wait()
