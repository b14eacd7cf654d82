"""Recording: which contacts are recorded, by whose consent, what was left out, and how long it is kept.

No audio passes here. The wing tells a front-end when to start, pause, go on and stop; the database has what was
recorded (`routing.center.recording.recordings`, which needs the extra ``history``).

Within: ``shapes``, ``settings`` < ``calls`` < ``wanting`` < ``saying`` < ``contacts`` < ``wing``; of the database
``tables`` < ``auditing``, ``writing`` < ``media``, ``searching``, ``holds``, ``erasing``, ``purging`` < ``recordings``
< ``holding``.
Owns the policy, its wing and the metadata; must not know media, nor who runs wings.
"""

from routing.center.recording.settings import (
    RecordingSettings,
    Rule,
    check_recording,
    load_recording,
    loads_recording,
    to_recording,
)
from routing.center.recording.shapes import Live, Part, Pause, Refusal, Row, Segment
from routing.center.recording.wing import FOLLOWER, RecordingWing, recording

__all__ = [
    "FOLLOWER",
    "Live",
    "Part",
    "Pause",
    "RecordingSettings",
    "RecordingWing",
    "Refusal",
    "Row",
    "Rule",
    "Segment",
    "check_recording",
    "load_recording",
    "loads_recording",
    "recording",
    "to_recording",
]
