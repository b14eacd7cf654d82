"""Why this agent, why not the others, why a contact waits: of an engine as it stands.

Nothing here is kept up to date while the engine runs; all is worked out when it is asked for, in O(agents + contacts).

Within: ``shapes`` < ``facts`` < ``standing``, ``terms``, ``draws`` < ``reasons`` < ``ranking`` < ``look``.

Owns explanations of the present; must not know the past (``explanation`` replays it).
"""

from routing.explaining.look import explain as explain
from routing.explaining.look import look as look
