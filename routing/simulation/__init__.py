"""Simulation: the engine fed from call logs and staffing plans, on virtual time.

==============  ==========================================================================
logs            `read_calls`, `CallLog`, `Call`, `Placement`; formats in ``trace``, ``queue_log``,
                ``anonymous_bank``
completing      `complete`, `kaplan_meier`, `Survival`
staffing        `make_plan`, `infer_presence`
running         `simulate`; ``run`` drives any engine by commands, ``inside`` lets the core run by itself
results         `Result`, `write_calls`, `make_report`, `Report`, `render`
a made-up day   `demo_centre`, `demo_day`
==============  ==========================================================================

Within: ``calls``, ``patience``, ``result`` < formats, ``placing``, ``workload``, ``report`` < ``reading``,
``presence``, ``text`` < ``plan``, ``run`` < ``inside`` < ``study``; ``demo`` stands beside.

Owns virtual time and what it takes to fill it; must not know a clock, a journal or a network.
"""

from routing.simulation.calls import Call, CallLog
from routing.simulation.demo import demo_centre, demo_day
from routing.simulation.patience import Survival, kaplan_meier
from routing.simulation.placing import Placement
from routing.simulation.plan import make_plan
from routing.simulation.presence import infer_presence
from routing.simulation.reading import FORMATS, read_calls
from routing.simulation.report import Report, make_report
from routing.simulation.result import OUTCOMES, Result, write_calls
from routing.simulation.run import Answering
from routing.simulation.study import Simulation, simulate
from routing.simulation.text import render
from routing.simulation.workload import NEVER, complete

__all__ = [
    "FORMATS",
    "NEVER",
    "OUTCOMES",
    "Answering",
    "Call",
    "CallLog",
    "Placement",
    "Report",
    "Result",
    "Simulation",
    "Survival",
    "complete",
    "demo_centre",
    "demo_day",
    "infer_presence",
    "kaplan_meier",
    "make_plan",
    "make_report",
    "read_calls",
    "render",
    "simulate",
    "write_calls",
]
