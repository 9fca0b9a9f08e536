"""A draft parses its text once and keeps it until it is rewritten."""

from __future__ import annotations

from sqlglot import exp

from mome.answering.sql_draft import SqlDraft

SQL = "SELECT mod(a, 2) FROM t"


def test_both_trees_are_parsed_once() -> None:
    draft = SqlDraft(SQL, "sqlite")
    assert draft.tree is draft.tree
    assert draft.exact_tree is draft.exact_tree
    # sqlglot reads an operator; the guard's parser keeps the call.
    assert draft.tree != draft.exact_tree
    assert draft == SqlDraft(SQL, "sqlite")


def test_a_text_that_does_not_parse_has_no_tree() -> None:
    draft = SqlDraft("SELECT FROM WHERE (", "sqlite")
    assert draft.tree is None
    assert draft.exact_tree is None


def test_a_changed_tree_is_another_draft() -> None:
    draft = SqlDraft(SQL, "sqlite")
    assert draft.exact_tree is not None
    tree = draft.exact_tree.copy()
    tree.find(exp.Literal).set("this", "3")
    changed = draft.rewritten(tree)
    assert changed.sql == "SELECT MOD(a, 3) FROM t"
    assert changed.exact_tree == tree
    assert draft.sql == SQL
