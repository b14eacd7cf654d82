"""``python -m kamailio_sidecar [sidecar.toml]``: run until SIGTERM.

Owns the command line; must not know anything else.
"""

import argparse
import asyncio
import contextlib
import logging
import signal
import sys
from pathlib import Path

import msgspec

from kamailio_sidecar.settings import Settings, load
from kamailio_sidecar.sidecar import Sidecar


async def serve(settings: Settings) -> None:
    """Run a sidecar until the process is asked to end."""
    running = asyncio.create_task(Sidecar(settings).run())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, running.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await running


def main() -> int:
    """Parse, read the settings, serve."""
    parser = argparse.ArgumentParser(prog="kamailio_sidecar", description="Kamailio's way to huntgroup")
    parser.add_argument("settings", nargs="?", type=Path, help="a TOML file; without it, the defaults")
    parser.add_argument("--verbose", action="store_true", help="say what happens")
    given = parser.parse_args()
    logging.basicConfig(
        level=logging.INFO if given.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    try:
        settings = load(given.settings) if given.settings else Settings()
    except (OSError, msgspec.MsgspecError) as error:
        print(f"{given.settings}: {error}", file=sys.stderr)
        return 2
    asyncio.run(serve(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
