"""Value repair: a literal that no row holds is rewritten to the stored spelling, and one that is
stored in several spellings to all of them. The translation reports both.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from mome.answering.sql_draft import SqlDraft
from mome.answering.translation import Rewritten
from mome.catalog import Catalog
from mome.errors import Refused
from mome.linking.code_meanings import explained
from mome.linking.values import ValueIndex
from mome.sql_tree import places


def repair(
    draft: SqlDraft, catalog: Catalog, values: ValueIndex
) -> tuple[SqlDraft, tuple[Rewritten, ...]]:
    """Rewrite literals in `=`, `<>` and IN to their stored spelling; return the query and the
    changes.
    """
    if draft.exact_tree is None or not any(_comparisons(draft.exact_tree)):
        return draft, ()
    tree = draft.exact_tree.copy()
    rewritten = []
    # A list, because literals are replaced in the tree that is walked.
    for column, literal in list(_comparisons(tree)):
        for table, name in places(column, catalog):
            stored = values.stored(table, name, literal.this)
            stored = stored or _code_of(catalog, table, name, literal.this)
            if stored is None:
                continue
            if stored != literal.this:
                rewritten.append(Rewritten(f"{table}.{name}", literal.this, stored))
                literal.replace(exp.Literal.string(stored))
            break
    changed = bool(rewritten)
    for node in list(tree.find_all(exp.EQ, exp.NEQ, exp.In)):
        spelt, is_new = _in_all_spellings(node, catalog, values)
        rewritten += spelt
        changed |= is_new
    if not changed:
        return draft, tuple(rewritten)
    try:
        return draft.rewritten(tree), tuple(rewritten)
    except Refused:
        return draft, ()


def _code_of(catalog: Catalog, table: str, name: str, text: str) -> str | None:
    """Return the code that a comment explains by a text: B for `blocked`; None if there is none."""
    owner = catalog.table(table)
    column = None if owner is None else owner.column(name)
    if column is None or column.family != "text":
        return None
    found = [code for code, said in explained(column).items() if said.lower() == text.lower()]
    return found[0] if len(found) == 1 else None


def _in_all_spellings(
    node: exp.Expr, catalog: Catalog, values: ValueIndex
) -> tuple[list[Rewritten], bool]:
    """Compare with every stored spelling of each literal, so that `France` also finds `FRANCE`.

    Return what the literals stand for, and whether the comparison was changed.
    """
    pairs = list(_own_literals(node))
    said = [literal.this for _, literal in pairs]
    meant: list[str] = []
    told: list[Rewritten] = []
    for column, literal in pairs:
        owners = places(column, catalog)
        stored = values.spellings(*owners[0], literal.this) if len(owners) == 1 else []
        spellings = stored if literal.this in stored and len(stored) > 1 else [literal.this]
        # A list may hold all spellings already, as those of generated facts do.
        if spellings[0] not in meant:
            table, name = owners[0] if owners else ("", "")
            others = [spelling for spelling in spellings if spelling != literal.this]
            told += [Rewritten(f"{table}.{name}", literal.this, other) for other in others]
        meant += [spelling for spelling in spellings if spelling not in meant]
    if set(meant) == set(said):
        return told, False
    # Literals that are no texts stay in the list.
    kept = [item for item in node.expressions if not _is_text(item)]
    listed = [*kept, *map(exp.Literal.string, meant)]
    found: exp.Expr = exp.In(this=node.this.copy(), expressions=listed)
    node.replace(exp.Not(this=found) if isinstance(node, exp.NEQ) else found)
    return told, True


def _is_text(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and node.is_string


def _comparisons(tree: exp.Expr) -> Iterator[tuple[exp.Column, exp.Literal]]:
    for node in tree.find_all(exp.EQ, exp.NEQ, exp.In):
        yield from _own_literals(node)


def _own_literals(node: exp.Expr) -> Iterator[tuple[exp.Column, exp.Literal]]:
    """Yield the texts that one comparison compares a column with."""
    if not isinstance(node.this, exp.Column):
        return
    literals = node.expressions if isinstance(node, exp.In) else [node.expression]
    for literal in literals:
        if isinstance(literal, exp.Literal) and literal.is_string:
            yield node.this, literal
