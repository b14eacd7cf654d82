"""huntgroup: an embeddable contact-centre routing engine.

The names that most programs need stand here; the rest lies in the modules: `routing.config` reads files,
`routing.commands` and `routing.events` are all inputs and outputs, `routing.units` has the units of time,
`routing.calendar` turns opening hours and shifts into commands, `routing.journal` and `routing.replay` write commands
down and do them again, `routing.whatif` tells what a command would change, `routing.simulation` runs call logs on
virtual time.

>>> from routing import Agent, Config, Engine, EnqueueContact, LogIn, Queue
>>> engine = Engine(Config(agents=(Agent("ann"),), queues=(Queue("sales"),)))
>>> _ = engine.apply(LogIn("ann"), 0)
>>> engine.apply(EnqueueContact("call-1", ("sales",)), 1_000)[-1].agent
'ann'
"""

from routing.commands import (
    AbandonContact,
    AcceptOffer,
    CancelContact,
    CloseQueue,
    CompleteContact,
    Configure,
    EndWrapUp,
    EnqueueContact,
    FailOffer,
    LogIn,
    LogOut,
    OpenQueue,
    PublishEstimate,
    PutAgent,
    PutGroup,
    PutQueue,
    PutSkill,
    RejectOffer,
    RemoveAgent,
    RemoveGroup,
    RemoveQueue,
    RemoveSkill,
    ReportDevice,
    RequeueContact,
    ResetCounts,
    SetNotReady,
    SetReady,
    SetSkills,
    UpdateContact,
    WithdrawOffer,
)
from routing.engine import BEHAVIOUR, Engine, Trace
from routing.errors import HuntgroupError
from routing.events import CommandRefused, Outcome, Reason
from routing.model import (
    UNLIMITED,
    Agent,
    Channel,
    Config,
    Limits,
    Overflow,
    Preference,
    Queue,
    Reserve,
    Step,
    Weights,
)

__all__ = [
    "BEHAVIOUR",
    "UNLIMITED",
    "AbandonContact",
    "AcceptOffer",
    "Agent",
    "CancelContact",
    "Channel",
    "CloseQueue",
    "CommandRefused",
    "CompleteContact",
    "Config",
    "Configure",
    "EndWrapUp",
    "Engine",
    "EnqueueContact",
    "FailOffer",
    "HuntgroupError",
    "Limits",
    "LogIn",
    "LogOut",
    "OpenQueue",
    "Outcome",
    "Overflow",
    "Preference",
    "PublishEstimate",
    "PutAgent",
    "PutGroup",
    "PutQueue",
    "PutSkill",
    "Queue",
    "Reason",
    "RejectOffer",
    "RemoveAgent",
    "RemoveGroup",
    "RemoveQueue",
    "RemoveSkill",
    "ReportDevice",
    "RequeueContact",
    "Reserve",
    "ResetCounts",
    "SetNotReady",
    "SetReady",
    "SetSkills",
    "Step",
    "Trace",
    "UpdateContact",
    "Weights",
    "WithdrawOffer",
]
