"""Random models of handling, and an engine that is watched while they are played.

Owns what such a model looks like, and what is told of it; must not know what is held against what.
"""

from random import Random

from recount import Facts

from routing.commands import Command
from routing.config.shape import to_struct
from routing.engine import Engine
from routing.events import CommandRefused, Event
from routing.simulation.arrivals import Source
from routing.simulation.hands_world import HandsWorld
from routing.simulation.model_file import assemble
from routing.simulation.model_shape import CentreModel, Model
from routing.simulation.played import Played
from routing.statistics.fold import Settings, Statistics
from routing.units import HOUR

SETTINGS = Settings(interval_ns=HOUR)


class Told:
    """An engine whose events go to the fold and to the recount as well; refusals are kept.

    With ``restored``, engine and fold are replaced by copies out of their snapshots, in so many calls of a thousand.
    """

    def __init__(
        self, engine: Engine, made: CentreModel, restored: int = 0, random: Random | None = None
    ) -> None:
        self._engine = engine
        self._config = made.config
        self._restored, self._random = restored, random or Random(0)
        levels = {queue.id: queue.service_level_ns for queue in made.config.queues}
        self.facts = Facts(lambda queue: levels[queue])
        self.statistics = Statistics(made.config, SETTINGS)
        self.commands: list[Command] = []
        self.refused: list[CommandRefused] = []
        self.restores = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._engine, name)

    def _tell(self, events: tuple[Event, ...]) -> tuple[Event, ...]:
        self.facts.tell(events)
        self.statistics.fold(events)
        self.refused += [event for event in events if isinstance(event, CommandRefused)]
        if self._restored and self._random.randrange(1000) < self._restored:
            self._restore()
        return events

    def _restore(self) -> None:
        self.restores += 1
        saved = self._engine.snapshot()
        self._engine = Engine.restore(saved)
        assert self._engine.snapshot() == saved
        self._engine._check()
        kept = self.statistics.snapshot()
        self.statistics = Statistics.restore(kept, self._config)
        assert self.statistics.snapshot() == kept

    def apply(self, command: Command, at_ns: int) -> tuple[Event, ...]:
        self.commands.append(command)
        return self._tell(self._engine.apply(command, at_ns))

    def advance(self, at_ns: int) -> tuple[Event, ...]:
        return self._tell(self._engine.advance(at_ns))


def told(made: CentreModel, seed: int, day: int = 0, restored: int = 0) -> tuple[Played, Told]:
    """Play a day, and watch the engine."""
    drawn = Source(made.model, seed).day(day)
    world = HandsWorld(made, drawn, drawn.calls())
    watched = Told(world.engine, made, restored, Random(seed))
    world.engine = watched  # type: ignore[assignment]
    return world.run(), watched


# ------------------------------------------------------------------------------------------ random models


class Models:
    """Dice for models: two or three queues, voice, mail and chat, and whatever may be done to a contact."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def some(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def time(self, seconds: int) -> dict[str, object]:
        kinds: tuple[dict[str, object], ...] = (
            {"kind": "exponential", "mean": f"{seconds}s"},
            {"kind": "constant", "mean": f"{seconds}s"},
            {"kind": "uniform", "low": "0s", "high": f"{2 * seconds}s"},
            {"kind": "lognormal", "mean": f"{seconds}s", "scv": 2.0},
        )
        return self.random.choice(kinds)

    def share(self) -> float:
        return self.random.choice((0.0, 0.1, 0.2, 0.3))

    def made(self) -> CentreModel:
        plain: dict[str, object] = {
            "period": "30m",
            "periods": 3,
            "types": [self.type(name) for name in ("call", "mail", "chat")],
            "groups": [
                {
                    "id": "crew",
                    "agents": [self.random.randint(2, 6) for _ in range(3)],
                    "breaks": self.breaks(),
                },
                {"id": "desk", "agents": [self.random.randint(1, 4)], "breaks": self.breaks()},
            ],
            "placed": self.placed(),
        }
        return assemble(to_struct(plain, Model), self.centre())

    def breaks(self) -> list[dict[str, object]]:
        return [
            {"reason": reason, "every": self.time(1500), "length": self.time(400)}
            for reason in ("tea", "lunch")
            if self.some(50)
        ]

    def placed(self) -> list[dict[str, object]]:
        out: dict[str, object] = {
            "id": "out",
            "queue": "lines",
            "agents": "crew",
            "rates": [0.5],
            "service": self.time(60),
        }
        ask: dict[str, object] = {
            **out,
            "id": "ask",
            "to": self.random.choice(("crew", "desk")),
            "direction": "internal",
        }
        return [one for one in (out, ask) if self.some(60)]

    def type(self, name: str) -> dict[str, object]:
        made: dict[str, object] = {
            "id": name,
            "queue": "help" if name == "call" else name,
            "channel": {"call": "voice"}.get(name, name),
            "rates": [self.random.choice((0.3, 1.0, 2.0))] if name == "call" else [0.4],
            "service": [self.time(120)],
            "patience": [self.time(150) if self.some(70) else {"kind": "never"}],
            "handling": self.handling(name),
        }
        if self.some(50):
            made["retrial"] = {
                "probability": 0.5,
                "delay": self.time(60),
                "keep_place": self.random.choice(("0s", "1m")),
                "same_agent": self.random.choice(("0s", "20s")),
            }
        return made

    def handling(self, name: str) -> dict[str, object]:
        table: dict[str, object] = {"suspend": name == "mail" and self.some(70)}
        if self.some(70):
            most = self.random.randint(1, 3)
            table["holds"] = {"share": 0.4, "time": self.time(30), "most": most}
        if name == "call":
            table["transfers"] = [self.transfer(start) for start in ("", "help", "tech") if self.some(60)]
            table["consults"] = [self.consult(start) for start in ("", "help", "tech") if self.some(60)]
            if self.some(50):
                ring = self.time(10)
                table["call_back"] = {"share": 0.5, "after": "30s", "ring": ring, "reach": 0.8}
        if self.some(70):
            again = {"probability": 0.4, "delay": self.time(300), "same_agent": "15s"}
            table["outcomes"] = [
                {"code": "done", "share": 0.6, "resolved": "resolved"},
                {"code": "open", "share": 0.3, "resolved": "unresolved", "again": again},
            ]
            if self.some(50):
                table["outcome_after"] = self.time(10)
        return table

    def transfer(self, start: str) -> dict[str, object]:
        made: dict[str, object] = {
            "share": self.share(),
            "queue": self.random.choice(("help", "tech", "lines")),
        }
        made |= {"from": start, **({"keep_age": self.some(50)} if self.some(60) else {})}
        if self.some(40):
            made |= {"agents": self.random.choice(("crew", "desk")), "prefer": "15s"}
        return made | ({"service": self.time(90)} if self.some(50) else {})

    def consult(self, start: str) -> dict[str, object]:
        then = self.random.choice(("return", "transfer", "join", "leave"))
        made: dict[str, object] = {
            "share": self.share(),
            "queue": self.random.choice(("tech", "lines", "help")),
        }
        made |= {"from": start, "talk": self.time(30), "patience": self.time(60), "then": then}
        if then in ("join", "leave"):
            made["together"] = self.time(40)
        return made | ({"agents": self.random.choice(("crew", "desk"))} if self.some(30) else {})

    def centre(self) -> dict[str, object]:
        def queue(name: str, *groups: str) -> dict[str, object]:
            made: dict[str, object] = {
                "id": name,
                "groups": list(groups),
                "wrap_up": self.random.choice(("0s", "10s")),
            }
            made["disposition_required"] = self.some(40)
            made["auto_answer"] = self.some(30)
            made["keep_age"] = self.some(50)
            made["ordering"] = self.random.choice(("priority_age", "fifo", "service_objective"))
            made["strategy"] = self.random.choice(
                ("longest_idle", "least_occupied", "fewest_contacts", "linear")
            )
            if self.some(30):
                made["max_wait"] = {"to": "disconnect", "after": "5m"}
            return made

        return {
            "channels": [
                {"id": "voice", "interrupts": ["mail"] if self.some(60) else []},
                {"id": "mail"},
                {"id": "chat", "capacity": 3},
            ],
            "not_ready_limits": {"lunch": "5m"} if self.some(50) else {},
            "after_not_ready": self.random.choice(("alert", "ready", "log_out")),
            "queues": [
                queue("help", "crew"),
                queue("tech", "desk"),
                queue("lines", "desk", "crew"),
                queue("mail", "crew"),
                queue("chat", "crew", "desk"),
            ],
        }
