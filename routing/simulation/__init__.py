"""Simulation: the engine fed from call logs, staffing plans and models, on virtual time.

==============  ==========================================================================
logs            `read_calls`, `CallLog`, `Call`, `Placement`; formats in ``trace``, ``queue_log``,
                ``anonymous_bank``
completing      `complete`, `kaplan_meier`, `Survival`
staffing        `make_plan`, `infer_presence`
running         `simulate`; ``run`` drives any engine by commands, ``inside`` lets the core run by itself
results         `Result`, `write_calls`, `make_report`, `Report`, `render`
a made-up day   `demo_centre`, `demo_day`
models          `load_model`, `loads_model`, `simulate_model`, `make_model_report`, `ModelReport`
many seeds      `replicate`, `World`, `estimate`, `Estimate`
two plans       `change_agents`, `set_value`, `compare`, `Compared`
==============  ==========================================================================

Within: ``calls``, ``patience``, ``result`` < formats, ``placing``, ``workload``, ``report`` < ``reading``,
``presence``, ``text`` < ``plan``, ``run`` < ``inside`` < ``study`` < ``replications``; ``demo`` stands beside.
Models: ``draws`` < ``distributions`` < ``handling_shape`` < ``model_shape`` < ``handling_checks`` < ``model_checks``
< ``model_file``, ``arrivals`` < ``tally`` < ``played`` < ``day_world``; ``handling_draws`` < ``case`` < ``own_time``
< ``talking`` < ``ending`` < ``conversing`` < ``hands_world`` < ``world`` < ``sums`` (with ``handling_figures``) <
``modelling``. For both: ``student``, ``spreading`` < ``replications``, ``modelling`` < ``estimates_text``; ``plans``
edits configurations; ``drawing`` needs matplotlib, and nothing imports it.

Owns virtual time and what it takes to fill it; must not know a clock, a journal or a network.
"""

from routing.simulation.calls import Call, CallLog
from routing.simulation.demo import demo_centre, demo_day
from routing.simulation.model_file import load_model, loads_model
from routing.simulation.modelling import simulate_model
from routing.simulation.patience import Survival, kaplan_meier
from routing.simulation.placing import Placement
from routing.simulation.plan import make_plan
from routing.simulation.plans import change_agents, set_value
from routing.simulation.presence import infer_presence
from routing.simulation.reading import FORMATS, read_calls
from routing.simulation.replications import Compared, World, compare, estimate, replicate
from routing.simulation.report import Report, make_report
from routing.simulation.result import OUTCOMES, Result, write_calls
from routing.simulation.run import Answering
from routing.simulation.student import Estimate
from routing.simulation.study import Simulation, simulate
from routing.simulation.sums import ModelReport, make_model_report
from routing.simulation.text import render
from routing.simulation.workload import NEVER, complete

__all__ = [
    "FORMATS",
    "NEVER",
    "OUTCOMES",
    "Answering",
    "Call",
    "CallLog",
    "Compared",
    "Estimate",
    "ModelReport",
    "Placement",
    "Report",
    "Result",
    "Simulation",
    "Survival",
    "World",
    "change_agents",
    "compare",
    "complete",
    "demo_centre",
    "demo_day",
    "estimate",
    "infer_presence",
    "kaplan_meier",
    "load_model",
    "loads_model",
    "make_model_report",
    "make_plan",
    "make_report",
    "read_calls",
    "render",
    "replicate",
    "set_value",
    "simulate",
    "simulate_model",
    "write_calls",
]
