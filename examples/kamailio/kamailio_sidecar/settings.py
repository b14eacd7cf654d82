"""What a site sets: a TOML file.

Owns the file's shape; must not know what the values do.
"""

from pathlib import Path

import msgspec
from msgspec import Struct

from kamailio_sidecar.book import Rules
from kamailio_sidecar.server import Access


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file; each value has a default that suits one machine."""

    domain: str = "default"
    front_end: str = "kamailio"  # the name under which the server keeps our calls
    evapi: str = "127.0.0.1:8448"
    server: Access = Access()
    code_prefix: str = "*"  # dialled numbers that are agents' codes; empty: none
    announcements: str = (
        ""  # address that plays how a code went, "{text}" in it; empty: a final reply says it
    )
    groups: tuple[str, ...] = ()  # queues that ring several agents at once
    gather_ms: int = 50  # that the offers of such a queue may lie apart
    progress_ms: int = 20_000  # from one 182 to the next
    away_new_ms: int = 3_000  # without an answer, after which a new call falls back
    away_waiting_ms: int = 60_000  # without the server, after which a call that waits falls back
    report_ringing: bool = True  # tell the server that a device rings; it can do without

    def rules(self) -> Rules:
        """Give what the book goes by."""
        return Rules(
            domain=self.domain,
            front_end=self.front_end,
            code_prefix=self.code_prefix,
            announcements=self.announcements,
            groups=frozenset(self.groups),
            gather_s=self.gather_ms / 1000,
            progress_s=self.progress_ms / 1000,
            away_new_s=self.away_new_ms / 1000,
            away_waiting_s=self.away_waiting_ms / 1000,
            report_ringing=self.report_ringing,
        )


def load(path: Path) -> Settings:
    """Read the file.

    Raises
    ------
    OSError
        If it cannot be read.
    msgspec.MsgspecError
        If it is no TOML or something in it is unknown or wrong; the message ends in the path.
    """
    return msgspec.toml.decode(path.read_bytes(), type=Settings)
