"""SQL <-> form over one catalog."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

from mome.catalog import Catalog
from mome.errors import NotExpressible
from mome.forms.aliases import name_sources
from mome.forms.attach import attach_sources
from mome.forms.averages import read_averages, write_averages
from mome.forms.branch_reading import complete_branches, read_branches
from mome.forms.branches import write_branches
from mome.forms.clean import clean
from mome.forms.comma_joins import join_commas
from mome.forms.context import Context
from mome.forms.division import read_divisions, write_divisions
from mome.forms.grammar import check_form
from mome.forms.language import parse_form, write_form
from mome.forms.names import CatalogNames, Spelling
from mome.forms.numbers import read_numbers, write_numbers
from mome.forms.parentheses import set_parentheses
from mome.forms.relations import read_relations, write_relations
from mome.forms.resolve import resolve
from mome.forms.rules import RULES
from mome.forms.shorten import Shortener
from mome.forms.spelling import read_names, spell_names
from mome.forms.staging import read_stages, write_stages
from mome.forms.trees import UNREADABLE, write_query
from mome.linking.join_graph import JoinGraph


class Forms:
    """Compiles forms to SQL in the catalog's dialect, and reads them from such SQL."""

    def __init__(
        self, catalog: Catalog, names: Spelling | None = None, graph: JoinGraph | None = None
    ) -> None:
        """Use `names` to spell tables and columns; without, the catalog's own names."""
        self.catalog = catalog
        self._names = names or CatalogNames(catalog)
        self._graph = graph or JoinGraph(catalog)

    def encode(self, sql: str) -> str:
        """Return the form of SQL. Raises NotExpressible if it has none."""
        tree = self.read(sql)
        spell_names(tree, self._names, self.catalog)
        return write_form(tree)

    def read(self, sql: str) -> exp.Query:
        """Return the tree of the form of SQL, with the catalog's names. Raises NotExpressible."""
        try:
            return self._read(sql)
        except UNREADABLE as error:
            raise NotExpressible("SQL of a shape that forms do not know") from error

    def decode(self, form: str) -> str:
        """Return the SQL of a form. Raises NotExpressible if it is none."""
        return write_query(self.compile(form), self.catalog.dialect)

    def write(self, tree: exp.Query) -> str:
        """Return the SQL of a tree as `read` returns it. Raises NotExpressible."""
        spelled = tree.copy()
        spell_names(spelled, self._names, self.catalog)
        return self.decode(write_form(spelled))

    def compile(self, form: str) -> exp.Query:
        """Return the syntax tree of a form's SQL. Raises NotExpressible."""
        try:
            return self._compiled(form)
        except UNREADABLE as error:
            raise NotExpressible("a form of a shape that has no SQL") from error

    def _read(self, sql: str) -> exp.Query:
        context = Context(self.catalog, self._graph, rules=RULES)
        tree = _parse_sql(sql, context.dialect)
        clean(tree)
        resolve(tree, context)
        for select in tree.find_all(exp.Select):
            join_commas(select)
        read_stages(tree, context)
        read_divisions(tree, context)
        read_numbers(tree, context)
        RULES.recognise(tree, context)
        Shortener(context).shorten(tree)
        complete_branches(tree, context)
        read_branches(tree, context)
        read_averages(tree)
        read_relations(tree)
        check_form(tree)
        set_parentheses(tree)
        return tree

    def _compiled(self, form: str) -> exp.Query:
        context = Context(self.catalog, self._graph, rules=RULES)
        tree = parse_form(form)
        check_form(tree)
        read_names(tree, self._names, self.catalog)
        write_branches(tree, context)
        write_averages(tree)
        write_relations(tree)
        attach_sources(tree, context)
        RULES.expand(tree, context)
        write_stages(tree, context)
        write_divisions(tree, context)
        write_numbers(tree, context)
        set_parentheses(tree)
        name_sources(tree, context)
        return tree


def _parse_sql(sql: str, dialect: str) -> exp.Query:
    """Parse one query. Raises NotExpressible."""
    try:
        trees = sqlglot.parse(sql, dialect=dialect)
    except UNREADABLE as error:
        raise NotExpressible("this does not parse, or is nested too deeply") from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise NotExpressible("not one query")
    return trees[0]
