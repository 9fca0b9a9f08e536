"""One SQL text on its way through the rules: its tokens, its tree and what was found in it, each made once when first asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from sqlglot import exp
from sqlglot.tokens import Token

from mome.guard.engines import Engine
from mome.guard.names import Names
from mome.guard.sqltext import text_of, tokens_of, tree_of


class Statement:
    """What the rules look at. A rule may respell names in the tree; `text_after` is the tree as text."""

    def __init__(self, text: str, names: Names) -> None:
        self.text = text
        self.names = names
        self.tables: set[str] = set()
        self.columns: set[str] = set()

    @property
    def engine(self) -> Engine:
        return self.names.engine

    @cached_property
    def tokens(self) -> Sequence[Token]:
        """The text's tokens, without a closing semicolon."""
        return tokens_of(self.text, self.engine)

    @cached_property
    def tree(self) -> exp.Expr:
        """The one statement's syntax tree."""
        return tree_of(self.tokens, self.text, self.engine)

    @cached_property
    def nodes(self) -> Sequence[exp.Expr]:
        """Every node of the tree, parents first."""
        return tuple(self.tree.walk())

    def text_after(self) -> str:
        """The tree as text, without comments. The tree is used up by it."""
        return text_of(self.tree, self.engine)
