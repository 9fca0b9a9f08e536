"""Whether a question asks to change the database, so that the translator can answer that it only
reads.

Covered: English sentences that begin with a verb of writing and name what to write. Not covered:
other wordings. The guard and the engine prevent writes, not this module.
"""

from __future__ import annotations

import re

_POLITE = r"(?:(?:please|can you|could you|would you|now|then|i want you to|i want to)\W+)*"
_THE = r"(?:(?:an?|the|all|every|this|my|our)\s+)?"
_THING = r"(?:tables?|views?|index|indexes|columns?|users?|roles?|databases?|schemas?)\b"
_WRITES = re.compile(
    rf"^\W*{_POLITE}(?:truncate\b"
    rf"|(?:drop|alter|rename)\s+{_THE}(?:\S+\s+)?{_THING}(?!\s+of)"
    rf"|create\s+{_THE}(?:new\s+)?(?:table|view|index|database|schema)\b"
    r"(?!\s+(?:by|for|of|showing|that|with))"
    rf"|delete\s+(?:{_THE}(?:rows?|records?)|all|every|everything|from|the|this|that"
    r"|those|these|any|them|it)\b"
    r"|insert\s+(?:into|an?|the|new|this|these)\b|update\s+(?:\S+\s+){1,8}?(?:set|to)\b"
    r"|(?:grant|revoke)\s+(?:all|select|insert|update|delete|usage|execute)\b)",
    re.IGNORECASE,
)


def asks_to_write(question: str) -> bool:
    """Return whether the question asks to change the database."""
    return _WRITES.match(question) is not None
