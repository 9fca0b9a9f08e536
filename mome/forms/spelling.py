"""Read the names of a form, and spell them. The tree between holds catalog names only."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from mome.catalog import Catalog, Table
from mome.errors import NotExpressible
from mome.forms.names import Place, Spelling
from mome.forms.nodes import FormColumn, form_column, steps
from mome.forms.quoting import needs_quotes
from mome.forms.roles import Handle, owner

Aliases = Mapping[str, str | None]
"""Alias -> the key of its table; None for that of a query in FROM."""


def read_names(tree: exp.Expr, names: Spelling, catalog: Catalog) -> None:
    """Replace the spelt names of a form by those of the catalog. Raises NotExpressible."""
    for table in tree.find_all(exp.Table):
        key = names.table([part.name for part in table.parts])
        for part in ("db", "catalog"):
            table.set(part, None)
        table.set("this", exp.to_identifier(key, quoted=True))
    aliases = aliases_of(tree)
    for column in list(tree.find_all(exp.Column)):
        column.replace(_read_column(column, names, catalog, aliases))


def aliases_of(tree: exp.Expr) -> dict[str, str | None]:
    """Return the aliases of a form's tree. Raises NotExpressible for one with two meanings."""
    aliases: dict[str, str | None] = {}
    for node in tree.find_all(exp.Table, exp.Subquery):
        if not node.alias:
            continue
        key = node.name if isinstance(node, exp.Table) else None
        if aliases.setdefault(node.alias, key) != key:
            raise NotExpressible(f"alias {node.alias} has two meanings")
    return aliases


def _read_column(
    column: exp.Column, names: Spelling, catalog: Catalog, aliases: Aliases
) -> FormColumn:
    """Return a column with the catalog's names."""
    parts = [part.name for part in column.parts if not isinstance(part, exp.Star)]
    is_star = isinstance(column.this, exp.Star)
    if parts[0] not in aliases:
        source, *columns = names.path(parts)
        key: str | None = source
    else:
        source, key = parts[0], aliases[parts[0]]
        # The columns of a query in FROM have names of their own.
        columns = list(parts[1:] if key is None else names.columns(parts[1:]))
    if not is_star and not columns:
        raise NotExpressible(f"{source} is no column")
    name = None if is_star else columns.pop()
    if key is None:
        return form_column(source, name)
    return _checked(source, (key, *columns), name, catalog)


def _checked(source: str, handle: Handle, name: str | None, catalog: Catalog) -> FormColumn:
    """Return a column in the catalog's case. Raises NotExpressible if there is none."""
    table = owner(catalog, handle)
    found = table.column(name) if name is not None else None
    if name is not None and found is None:
        raise NotExpressible(f"column {table.key}.{name}")
    keys = []
    for length in range(1, len(handle)):
        key = owner(catalog, handle[:length]).column(handle[length])
        assert key is not None
        keys.append(key.name)
    return form_column(source, found.name if found else None, tuple(keys))


def spell_names(tree: exp.Expr, names: Spelling, catalog: Catalog) -> None:
    """Spell the catalog's names as `names` does. Raises NotExpressible."""
    aliases = aliases_of(tree)
    for column in list(tree.find_all(FormColumn)):
        column.replace(_spelt_column(column, names, catalog, aliases))
    for table in tree.find_all(exp.Table):
        *schema, name = map(identifier, names.spell([(table.name, None)], with_table=True))
        table.set("this", name)
        table.set("db", schema[0] if schema else None)


def _spelt_column(
    column: FormColumn, names: Spelling, catalog: Catalog, aliases: Aliases
) -> FormColumn:
    source, *keys = steps(column)
    is_alias = source in aliases
    key = aliases[source] if is_alias else source
    name = None if isinstance(column.this, exp.Star) else column.name
    parts = [source] if is_alias else []
    if key is None:
        parts += [name] if name else []
    elif not is_alias or keys or name:
        places = _places((key, *keys), name, catalog)
        parts += names.spell(places, with_table=not is_alias)
    spelt = [identifier(part) for part in parts]
    last = exp.Star() if name is None else spelt.pop()
    # One pointer alone is a column.
    first = spelt[0] if spelt else None
    return FormColumn(this=last, table=first, keys=spelt[1:] or None)


def _places(handle: Handle, name: str | None, catalog: Catalog) -> list[Place]:
    """Return the key columns and the column of a name, each with its table."""
    columns = [*handle[1:], name]
    places: list[Place] = []
    for length, column in enumerate(columns, 1):
        places.append((owner(catalog, handle[:length]).key, column))
    return places


def identifier(name: str) -> exp.Identifier:
    """Return a name as forms write it, quoted where the grammar would misread it."""
    # The form has the keywords of no engine; DuckDB's are the most.
    return exp.to_identifier(name, quoted=needs_quotes(name, "duckdb"))


def written_name(table: Table, column: str | None = None) -> str:
    """Return the name of a table or of one of its columns as forms write it."""
    parts = [table.schema, table.name, column]
    return ".".join(identifier(part).sql() for part in parts if part)
