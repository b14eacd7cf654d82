"""Model files: a centre whose calls are not taken from a log but drawn, and whose agents come and go by the period.

The queues and their rules are the ordinary configuration, in the table ``centre``; around it stand the types of calls
(how they arrive, how long they take, how long callers wait) and the groups of agents with their numbers by period.

Owns reading such files and putting model and centre together; must not know how anything is drawn or run.
"""

import os
from collections.abc import Mapping
from typing import Any

from routing.config import from_dict, text
from routing.config.files import load_with
from routing.config.shape import to_struct
from routing.errors import ConfigError
from routing.simulation.model_checks import check_centre, check_model
from routing.simulation.model_shape import CentreModel, Model


def load_model(path: str | os.PathLike[str]) -> CentreModel:
    """Read and check a model file: TOML, YAML or JSON.

    Raises
    ------
    ConfigError
        If anything in it is wrong; the message starts with the path of the value.
    UsageError
        If the suffix is another.
    OSError
        If the file cannot be read.
    """
    return load_with(path, loads_model)


def loads_model(document: str | bytes, fmt: str) -> CentreModel:
    """Read and check a model given as text in "toml", "yaml" or "json".

    Examples
    --------
    >>> made = loads_model('''
    ... period = "8h"
    ... types = [{id = "call", queue = "help", rates = [4.2], service = {kind = "exponential", mean = "2m"}}]
    ... groups = [{id = "crew", agents = [12]}]
    ... centre.queues = [{id = "help", groups = ["crew"]}]
    ... ''', "toml")
    >>> made.config.agents[11].id, made.model.types[0].service[0].mean_ns
    ('crew-12', 120000000000)
    """
    raw = text.read(document, fmt)
    if not isinstance(raw, dict):
        raise ConfigError("", "is no table; a model has types, groups and a centre")
    plain = {key: value for key, value in raw.items() if key != "centre"}
    for place, kind in enumerate(plain.get("types") or () if isinstance(plain.get("types"), list) else ()):
        if isinstance(kind, dict):
            plain["types"][place] = {
                name: [value] if name in ("service", "patience") and isinstance(value, dict) else value
                for name, value in kind.items()
            }
    model = to_struct(plain, Model)
    centre = raw.get("centre", {})
    if not isinstance(centre, dict):
        raise ConfigError("centre", "is no table; write the queues there, as in a configuration")
    return assemble(model, centre)


def assemble(model: Model, centre: Mapping[str, Any]) -> CentreModel:
    """Put a model and the plain configuration of its centre together, and check both.

    Raises
    ------
    ConfigError
        If a rule is broken.
    """
    for name, remedy in (
        ("agents", "list them in groups"),
        ("shifts", "give groups their numbers by period"),
    ):
        if centre.get(name):
            raise ConfigError(f"centre.{name}", f"is not read in a model; {remedy}")
    check_model(model)
    agents = [
        {
            "id": f"{group.id}-{number}",
            "groups": [group.id],
            **({"skills": group.skills} if group.skills else {}),
            **({"channels": group.channels} if group.channels else {}),
            **({"cost": group.cost} if group.cost else {}),
        }
        for group in model.groups
        for number in range(1, max(group.agents) + 1)
    ]
    raw = {**centre, "agents": agents}
    if "groups" not in raw:
        raw["groups"] = [group.id for group in model.groups]
    try:
        config = from_dict(raw)
    except ConfigError as error:
        raise ConfigError(f"centre.{error.path}" if error.path else "centre", error.problem) from None
    check_centre(model, config)
    return CentreModel(model, config)
