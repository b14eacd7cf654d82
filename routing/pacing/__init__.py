"""Pacing of outbound campaigns: a fold over events that says how many numbers to dial now.

Owns when to dial; must not know whom (``routing.campaigns``), whether the law allows it (``routing.compliance``), nor
who dials (``routing.outbound``).
"""

from routing.pacing.fold import Pacing
from routing.pacing.shapes import Mode, Paced, PacingPicture, Proposal, Settings, Standing

__all__ = ["Mode", "Paced", "Pacing", "PacingPicture", "Proposal", "Settings", "Standing"]
