"""The engine: one deterministic state machine for a whole contact centre.

Five laws, each a property test (``tests/test_laws.py``):

1. **Determinism.** The configuration, the behaviour version and the list of ``(at_ns, command)`` fix every event
   and the running digest, on any platform and under any ``PYTHONHASHSEED``.
2. **Time.** ``at_ns`` never decreases. Timers fire at their own due time, before a command at the same instant.
   ``advance(a); advance(b)`` equals ``advance(b)``, and ``apply(c, t)`` equals ``advance(t); apply(c, t)``.
3. **Totality.** Every command yields at least one event: its effect, or a refusal with a reason. A refusal changes
   time, revision and digest only. Misuse raises `routing.errors.UsageError` and changes nothing at all.
4. **Idempotence.** A request id that is repeated returns what it returned the first time. Creating a contact
   again with the same content is "already so", with other content "exists with a different ...".
5. **Conservation.** A contact ends exactly once. Every reservation of an agent is released exactly once, and no
   capacity is ever exceeded.

The engine holds no clock, no randomness, no I/O, no thread and no callback. What it promises in detail stands in
``docs/engine.md``. Owns the public face; must not know where time and commands come from.
"""

from collections.abc import Iterable

from routing.commands import Command
from routing.editing import BEHAVIOUR, Editor
from routing.errors import UsageError
from routing.events import Event
from routing.model import Config

__all__ = ["BEHAVIOUR", "Engine"]


class Engine(Editor):
    def __init__(self, config: Config, *, behaviour: int = BEHAVIOUR) -> None:
        if behaviour != BEHAVIOUR:
            raise UsageError(f"behaviour {behaviour!r} is not supported; this version follows {BEHAVIOUR}")
        super().__init__(config)
