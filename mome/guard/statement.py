"""`Statement`: what the rules read. Tokens and tree are made when a rule first asks for them.

Thus the rules on the text can refuse a statement before it is parsed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TypeVar, cast

from sqlglot import exp
from sqlglot.tokens import Token

from mome.guard.engines import GuardDialect
from mome.guard.names import Names
from mome.guard.sqltext import text_of, tokens_of, tree_of

Node = TypeVar("Node", bound=exp.Expr)


class Statement:
    """One SQL text with its tokens, its syntax tree and the tables and columns that it reads.

    `resolve.known_names` respells names in the tree; `regenerated_text` is the text of that tree.
    """

    def __init__(self, text: str, names: Names) -> None:
        self.text = text
        self.names = names
        # The catalog's tables and columns that the query reads: filled by `resolve.known_names`.
        self.tables: set[str] = set()
        self.columns: set[str] = set()

    @property
    def engine(self) -> GuardDialect:
        """The engine of the catalog's dialect."""
        return self.names.engine

    @cached_property
    def tokens(self) -> Sequence[Token]:
        """The text's tokens without closing semicolons."""
        return tokens_of(self.text, self.engine)

    @cached_property
    def tree(self) -> exp.Expr:
        """The syntax tree of the only statement."""
        return tree_of(self.tokens, self.text, self.engine)

    @cached_property
    def nodes(self) -> Sequence[exp.Expr]:
        """Every node of the tree, parents before children."""
        return tuple(self.tree.walk())

    @cached_property
    def _nodes_by_class(self) -> Mapping[type, Sequence[exp.Expr]]:
        by_class: dict[type, list[exp.Expr]] = {}
        for node in self.nodes:
            by_class.setdefault(type(node), []).append(node)
        return by_class

    def nodes_of(self, kind: type[Node]) -> Sequence[Node]:
        """Return the nodes of a class, but not of its subclasses.

        Most statements have none of most classes, so that a rule on one of them costs nothing.
        """
        return cast(Sequence[Node], self._nodes_by_class.get(kind, ()))

    def regenerated_text(self) -> str:
        """Return the tree's text without comments.

        Call it last, because the generator may modify the tree.
        """
        return text_of(self.tree, self.engine)
