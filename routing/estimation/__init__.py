"""Estimated waiting times: how long a contact will wait, how sure that is, and how often it was right.

>>> from routing import Agent, Config, Engine, EnqueueContact, LogIn, Queue
>>> config = Config(agents=(Agent("ann"),), queues=(Queue("sales"),))
>>> engine, estimator = Engine(config), Estimator(config)
>>> for number, at_ns in ((1, 0), (2, 0), (3, 0)):
...     estimator.fold(engine.apply(EnqueueContact(f"call-{number}", ("sales",)), at_ns))
>>> [estimator.estimate(contact, 0).position for contact in ("call-1", "call-2", "call-3")]
[1, 2, 3]

Within: ``shapes``, ``formulas``, ``hazard`` < ``history``, ``line``, ``staff``, ``mixing``, ``calibrating`` <
``saved`` < ``waiting``, ``learning`` < ``estimating`` < ``folding`` < ``estimator``.

Owns predictors and what they learn; must not know where events come from, nor who is told an estimate.
"""

from routing.estimation.estimator import Estimator
from routing.estimation.shapes import PREDICTORS, Calibration, Estimate, Predicted, Settings

__all__ = ["PREDICTORS", "Calibration", "Estimate", "Estimator", "Predicted", "Settings"]
