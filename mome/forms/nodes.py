"""The nodes that the form has beside SQL's: columns by their role, and one class a construct.

`language` parses and prints them; `rules` says what each means in SQL.
"""

from __future__ import annotations

from sqlglot import exp

# The arguments of constructs: two, one or two, and so on; True: it must be there.
_PAIR = {"this": True, "expression": True}
_ONE_OR_TWO = {"this": True, "expression": False}
_ONE_OR_MORE = {"this": True, "expressions": False}
_TWO_OR_MORE = {"this": True, "expressions": True}
_WITH_UNIT = {"this": True, "unit": True}
_RANKED = {"this": True, "expression": True, "expressions": False}


class FormColumn(exp.Column):
    """A column of a source of the query.

    this: the column's name, or a star.
    table: the source. In a form, a table's key or an alias; while it is compiled, an id.
    keys: the key columns that lead from there to the table that owns the column, such as
        `home_team_id` in `match.home_team_id.name`. None: the source itself owns it.
    """

    arg_types = {"this": True, "table": True, "keys": False}


def form_column(source: str, name: str | None = None, keys: tuple[str, ...] = ()) -> FormColumn:
    """Return a column of a source, or its star if `name` is None."""
    return FormColumn(
        this=exp.Star() if name is None else _identifier(name),
        table=_identifier(source),
        keys=[_identifier(key) for key in keys] or None,
    )


def _identifier(name: str) -> exp.Identifier:
    # Quoted, so that the names of two columns are equal only if their case is.
    return exp.to_identifier(name, quoted=True)


def steps(column: FormColumn) -> tuple[str, ...]:
    """Return the source of a column, followed by the key columns that lead to its owner."""
    return (column.table, *(key.name for key in column.args.get("keys") or ()))


class Construct(exp.Func):
    """A construct of the form, written as a call."""


class Condition(Construct):
    """A construct that is true or false."""


class Aggregate(exp.AggFunc):
    """A construct over the rows of a group."""


class Series(Construct):
    """A construct over groups in the order of their time."""


class StoredDate(exp.Expression, Construct):
    """AS_DATE(x): the date that a column stores as a text, as Unix time or as a year."""

    _sql_names = ["AS_DATE"]


class DatePart(exp.Expression, Construct):
    """YEAR(d), QUARTER(d), MONTH(d), ...: a part of a date as a number."""

    arg_types = _WITH_UNIT


class Trunc(exp.Expression, Construct):
    """TRUNC(d, 'month'): the first day of the unit that a date lies in."""

    arg_types = _WITH_UNIT


class DateText(exp.Expression, Construct):
    """DATE_TEXT(d, '%Y-%m'): a date as a text."""

    _sql_names = ["DATE_TEXT"]
    arg_types = {"this": True, "format": True}


class Elapsed(exp.Expression, Construct):
    """ELAPSED(a, b, 'day'): how many whole units lie between two dates."""

    arg_types = {"this": True, "expression": True, "unit": True}


class During(exp.Expression, Condition):
    """DURING(d, '2024-Q1') or DURING(d, '2024-01', '2024-03'): within a period, or from the first
    to the end of the second.
    """

    arg_types = {"this": True, "expression": True, "last": False}


class Since(exp.Expression, Condition):
    """SINCE(d, '2024'): from the start of a period on."""

    arg_types = _PAIR


class Before(exp.Expression, Condition):
    """BEFORE(d, '2024'): before the start of a period."""

    arg_types = _PAIR


class After(exp.Expression, Condition):
    """AFTER(d, '2024'): after the end of a period."""

    arg_types = _PAIR


class Until(exp.Expression, Condition):
    """UNTIL(d, '2024'): up to the end of a period."""

    arg_types = _PAIR


class Empty(exp.Expression, Condition):
    """EMPTY(x): no value is stored."""


class Filled(exp.Expression, Condition):
    """FILLED(x): a value is stored."""


class TextHas(exp.Expression, Condition):
    """CONTAINS(x, 'text'), in any case of letters."""

    _sql_names = ["CONTAINS"]
    arg_types = _PAIR


class TextStarts(exp.Expression, Condition):
    """STARTS(x, 'text'), in any case of letters."""

    _sql_names = ["STARTS"]
    arg_types = _PAIR


class TextEnds(exp.Expression, Condition):
    """ENDS(x, 'text'), in any case of letters."""

    _sql_names = ["ENDS"]
    arg_types = _PAIR


class TextPart(exp.Expression, Construct):
    """PART(x, ' ', 2): the second part of a text that a separator divides; up to the third."""

    _sql_names = ["PART"]
    arg_types = {"this": True, "separator": True, "place": True}


class CountWhere(exp.Expression, Aggregate):
    """COUNT_IF(c): the rows of which a condition is true."""

    _sql_names = ["COUNT_IF"]


class SumWhere(exp.Expression, Aggregate):
    """SUM_IF(x, c): the sum over the rows of which a condition is true; 0 if there is none."""

    _sql_names = ["SUM_IF"]
    arg_types = _PAIR


class AverageWhere(exp.Expression, Aggregate):
    """AVG_IF(x, c): the average over the rows of which a condition is true."""

    _sql_names = ["AVG_IF"]
    arg_types = _PAIR


class Percentile(exp.Expression, Aggregate):
    """PERCENTILE(x, 0.9), interpolated between two values."""

    arg_types = _PAIR


class Middle(exp.Expression, Aggregate):
    """MEDIAN(x)."""

    _sql_names = ["MEDIAN"]


class Share(exp.Expression, Construct):
    """SHARE(c): of the rows, those of which a condition is true. SHARE(SUM(x)): a group's sum of
    the sum of all groups; SHARE(SUM(x), k): of all groups with the same k.
    """

    arg_types = _ONE_OR_MORE
    is_var_len_args = True


class Percent(exp.Expression, Construct):
    """As SHARE, times 100."""

    arg_types = _ONE_OR_MORE
    is_var_len_args = True


class Previous(exp.Expression, Series):
    """PREVIOUS(SUM(x)): the value of the period before."""


class SeriesChange(exp.Expression, Series):
    """CHANGE(SUM(x)): the difference to the period before."""

    _sql_names = ["CHANGE"]


class Ratio(exp.Expression, Series):
    """RATIO(SUM(x)): the value divided by that of the period before."""


class Growth(exp.Expression, Series):
    """GROWTH(SUM(x)): the change as a share of the period before. GROWTH(a, b): of a over b."""

    arg_types = _ONE_OR_TWO


class Running(exp.Expression, Series):
    """RUNNING(SUM(x)): the total of all periods so far."""


class Moving(exp.Expression, Series):
    """MOVING(SUM(x), 3): the average of the last periods, this one included."""

    arg_types = _PAIR


class Ranked(Condition):
    """A condition on a rank: its number, what is ranked, and what it is ranked within."""


class Top(exp.Expression, Ranked):
    """TOP(3, x, g): the highest within each g; ties of the last are in."""

    arg_types = _RANKED
    is_var_len_args = True


class Bottom(exp.Expression, Ranked):
    """BOTTOM(3, x, g): the lowest within each g; ties of the last are in."""

    arg_types = _RANKED
    is_var_len_args = True


class Nth(exp.Expression, Ranked):
    """NTH(2, x, g): all with the second highest value within each g."""

    arg_types = _RANKED
    is_var_len_args = True


class NthLowest(exp.Expression, Ranked):
    """NTH_LOWEST(2, x, g): all with the second lowest value within each g."""

    _sql_names = ["NTH_LOWEST"]
    arg_types = _RANKED
    is_var_len_args = True


class Bucket(exp.Expression, Construct):
    """BUCKET(x, 10): the start of the bucket of that width that a number lies in."""

    arg_types = _PAIR


class Bands(exp.Expression, Construct):
    """BANDS(x, 10, 50): a label, `under 10`, `10 to 50` or `50 and more`; the upper end is out."""

    arg_types = _TWO_OR_MORE
    is_var_len_args = True


class Has(exp.Expression, Condition):
    """HAS(t, c): there is a row of table t that belongs to this one, of which c is true."""

    arg_types = _ONE_OR_TWO


class HasNo(exp.Expression, Condition):
    """NO(t, c): there is no such row."""

    _sql_names = ["NO"]
    arg_types = _ONE_OR_TWO


class Every(exp.Expression, Condition):
    """EVERY(t, c): there are rows of table t that belong to this one, and c is true of all."""

    arg_types = _PAIR


class Per(exp.Expression, Construct):
    """AVG(PER(COUNT(*), k)): an aggregate of the aggregates of all k."""

    arg_types = _TWO_OR_MORE
    is_var_len_args = True
