"""A question that says what nobody knows in the place of a verified question's value.

"The average price of an audiobook" beside a verified "the average price of a paperback": which rows
are audiobooks is not known. A query over all rows answers another question, and no model doubts it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp


@dataclass(frozen=True)
class Unfilled:
    """The words without a value, and the verified question."""

    said: str
    text: str
    """What the verified question says in their place."""
    wording: str
    restricted: int
    """Number of columns that the verified query compares with literals."""

    def reason(self, tree: exp.Expr) -> str:
        """Return why the question does not mean a query that compares fewer columns, as the end of
        a sentence; empty if it compares as many: one of them may be what the words say.
        """
        if restricted(tree) >= self.restricted:
            return ""
        return (
            f"it leaves out “{self.said}”, and “{self.text}” restricts rows in the verified "
            f"question “{self.wording}”; define “{self.said}” in the glossary"
        )


def restricted(tree: exp.Expr) -> int:
    """Return the number of columns that conditions of a query compare with literals."""
    found = set()
    for literal in tree.find_all(exp.Literal):
        condition = literal.find_ancestor(exp.Predicate)
        # The literal of EXISTS (SELECT 1 ...) is compared with nothing.
        if condition is not None and not isinstance(condition, exp.Exists):
            found |= {column.name.lower() for column in condition.find_all(exp.Column)}
    return len(found)
