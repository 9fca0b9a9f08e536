"""The words of courtesy around a question, which say nothing of what is asked.

The models and the routing read a question without them: "Could you please tell me how many clubs
there are? Thanks!" is "how many clubs there are?".
"""

from __future__ import annotations

import re

_ASKED = r"(?=how\b|what\b|which\b|who\b|whom\b|whose\b|when\b|where\b|the\b|all\b|each\b|every\b)"
_VERB = (
    r"(?=show\b|list\b|give\b|tell\b|find\b|count\b|display\b|compute\b|calculate\b|produce\b"
    r"|return\b|get\b|provide\b|name\b|report\b|sort\b|order\b|rank\b|compare\b)"
)
_BEFORE = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening))(?: there| all| team)?\s*[,.!:]\s*"
    r"|(?:please|kindly)\b[,:]?\s+"
    r"|(?:so|now|ok|okay),\s+"
    r"|(?:i|we)(?:'d| would) (?:like|love) to know(?: the following)?\s*[.:]\s*"
    rf"|(?:can|could|would|will) you (?:please |kindly )?{_VERB}"
    rf"|tell (?:me|us)\s*[,:]?\s*{_ASKED}"
    r"|tell (?:me|us)\s*[,:]\s*"
    rf"|(?:i|we)(?:'d| would) (?:like|love) to (?:know|see|find out|get)\s*[,:]?\s*{_ASKED}"
    rf"|(?:i|we) (?:need|want|wish) to (?:know|see|find out|get)\s*[,:]?\s*{_ASKED}"
    rf"|do you (?:happen to )?know\s+{_ASKED}",
    re.IGNORECASE,
)
_AFTER = re.compile(
    # Without a sign before them, thanks may be what is asked for.
    r"(?:\s*[,.;!?]\s*(?:please|pls|thanks|thank you|thx|cheers)|\s+(?:please|pls))"
    r"(?: a lot| very much| so much| in advance)?\s*(?P<end>[.!?]*)$",
    re.IGNORECASE,
)


def without_courtesies(question: str) -> str:
    """Return the question without greetings, requests and thanks; as it is if nothing is left."""
    text = question
    while (found := _BEFORE.match(text)) and len(found.group()) < len(text):
        text = text[found.end() :]
    while (thanks := _AFTER.search(text)) and thanks.start() > 0:
        # The sign before the thanks, or that after them, ends the question.
        sign = thanks.group().lstrip()[0]
        is_asked = sign == "?" or "?" in thanks["end"]
        text = text[: thanks.start()] + ("?" if is_asked else "")
    return text if re.search(r"\w", text) else question
