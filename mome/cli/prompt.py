"""The prompt of `mome ask` without a question: questions that follow each other, until the input
ends.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from mome.cli.shown_answer import ShownAnswers
from mome.cli.terminal import tell
from mome.conversation.conversation import Conversation
from mome.errors import MomeError

PROMPT = "? "
_LEAVE = frozenset(("exit", "quit", r"\q", ":q"))


def converse(conversation: Conversation, shown: ShownAnswers) -> None:
    """Answer the lines of the standard input as the turns of one conversation. The end of the
    input, Ctrl-C and `exit` end it; a database that does not answer does not.
    """
    is_person = sys.stdin.isatty()
    if is_person:
        _edit_lines()
        tell("Ask in plain words; a question may follow the one before. Ctrl-D ends.")
    try:
        for question in _lines(PROMPT if is_person else ""):
            if question.strip().lower() in _LEAVE:
                return
            if question.strip():
                _answer(question, conversation, shown)
    except KeyboardInterrupt:
        pass
    if is_person:
        # Behind the prompt, so that the shell's own begins on a new line.
        tell("")


def _answer(question: str, conversation: Conversation, shown: ShownAnswers) -> None:
    try:
        shown.show(conversation.ask(question))
    except MomeError as error:
        tell(f"mome: {error}")


def _lines(prompt: str) -> Iterator[str]:
    while True:
        try:
            yield input(prompt)
        except EOFError:
            return


def _edit_lines() -> None:
    """Let the arrow keys edit a line and bring back earlier ones, where Python can."""
    try:
        # Importing it changes what `input` does. Windows has no such module: its console can.
        import readline  # noqa: F401
    except ImportError:
        return
