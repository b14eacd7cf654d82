"""The flows of a domain: a file, or a folder of them, read and looked over together.

Owns reading them; must not know what becomes of them.
"""

from collections.abc import Iterator
from pathlib import Path

from routing.errors import ConfigError, UsageError
from routing.menus import Flow, check, load_flow
from routing.menus.nodes import CallBackOffer, Enqueue
from routing.model import Config
from routing.words import quoted

_SUFFIXES = (".toml", ".yaml", ".yml", ".json")


def load_flows(path: str | Path, centre: Config) -> dict[str, Flow]:
    """Read every flow of a file or folder, by id, and look them over against a centre.

    Raises
    ------
    ConfigError
        If one of them breaks a rule, `check` finds an error in it, two have one id, or there is none.
    """
    place = Path(path)
    flows: dict[str, Flow] = {}
    for file in _files(place):
        try:
            flow = load_flow(file)
            for finding in check(flow, centre):
                if finding.severity == "error":
                    raise ConfigError(finding.path, f"{finding.message} ({finding.code}); {finding.remedy}")
            if flow.id in flows:
                raise ConfigError("id", f"{quoted(flow.id)} is another file's, too; give it another id")
        except ConfigError as error:
            error.source = error.source or str(file)
            raise
        except (OSError, UsageError) as error:
            raise ConfigError("", f"{file}: {error}") from None
        flows[flow.id] = flow
    if not flows:
        raise ConfigError("", f"{place} holds no flow; put one there, or name no menus")
    return flows


def queues_of(flow: Flow) -> tuple[str, ...]:
    """Give the queues that a flow leads to, sorted.

    >>> from routing.menus.nodes import HangUp
    >>> queues_of(Flow(id="f", start="in", nodes={"in": Enqueue(queues=("b", "a")), "bye": HangUp()}))
    ('a', 'b')
    """
    found: set[str] = set()
    for part in flow.parts().values():
        for node in part.nodes.values():
            if isinstance(node, Enqueue):
                found.update(node.queues)
            elif isinstance(node, CallBackOffer):
                found.add(node.queue)
    return tuple(sorted(found))


def _files(place: Path) -> Iterator[Path]:
    if not place.exists():
        raise ConfigError("", f"there is no file and no folder {place}; name one that has flows, or no menus")
    if not place.is_dir():
        yield place
        return
    yield from sorted(file for file in place.iterdir() if file.suffix.lower() in _SUFFIXES)
