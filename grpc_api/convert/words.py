"""Names of fields for names of structs.

Owns this one rule; must not know any name.
"""

import re


def snake(name: str) -> str:
    """Spell a name of a class as that of a field.

    Examples
    --------
    >>> snake("EndWrapUp")
    'end_wrap_up'
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
