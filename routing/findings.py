"""What any check says: of a configuration, of a menu.

Owns the shape of a finding; must not know any check, nor an order of paths.
"""

from typing import Final, Literal

from msgspec import Struct

Severity = Literal["error", "warning", "note"]

SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "note")


class Finding(Struct, frozen=True):
    """One thing that a check found.

    Attributes
    ----------
    code : str
        A kebab-case word that names the kind of finding; every code is in `routing.lint.CODES` or, for menus, in
        `routing.menus.CODES`.
    severity : {"error", "warning", "note"}
        It cannot work; it is surely not meant; it is worth knowing.
    path : str
        Where, as in a `ConfigError`: ``queues[3].steps[1].expression``. Empty: the whole configuration.
    message : str
        What is found, naming the value.
    reason : str
        The rule that makes it worth a finding.
    remedy : str
        What to do.
    """

    code: str
    severity: Severity
    path: str
    message: str
    reason: str
    remedy: str
