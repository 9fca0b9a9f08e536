"""Figures by groups, groups with a certain figure, and the groups with the highest figures."""

from __future__ import annotations

from mome.pretrain.sampling.dimensions import Dimension, dimension
from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.figures import Figure, count, different, figure, measured
from mome.pretrain.sampling.manners import Wanted, number_of, per
from mome.pretrain.sampling.restrictions import SIGNS, compared
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import Selection, select


def figure_by_group(scene: Scene) -> SampleDraft | None:
    """Ask for a figure of each group, often in an order."""
    rows = _rows(scene)
    groups = _groups(scene, rows) if rows else None
    shown = figure(scene, rows.subject) if rows else None
    if rows is None or groups is None or shown is None or _is_grouped(groups, shown):
        return None
    order, ordered = _order(scene, groups, shown) if scene.chance(0.35) else ("", "")
    form = f"{_grouped(scene, rows, (groups,), (shown,))}{order}"
    return _by_group(scene, rows, shown, per(scene.rng, groups.one) + ordered, form)


def figure_by_two_groups(scene: Scene) -> SampleDraft | None:
    """Ask for a figure by two dimensions."""
    rows = _rows(scene)
    if rows is None:
        return None
    first, second = _groups(scene, rows), _groups(scene, rows)
    shown = figure(scene, rows.subject)
    if first is None or second is None or shown is None:
        return None
    is_once = not set(first.grouped) & set(second.grouped) and first.one != second.one
    # A month lies in one quarter.
    if not is_once or (first.is_time and second.is_time):
        return None
    form = _grouped(scene, rows, (first, second), (shown,))
    tail = per(scene.rng, first.one) + f" and {second.one}"
    return _by_group(scene, rows, shown, tail, form)


def several_figures_by_group(scene: Scene) -> SampleDraft | None:
    """Ask for two figures of each group."""
    rows = _rows(scene)
    groups = _groups(scene, rows) if rows else None
    if rows is None or groups is None:
        return None
    first = count(rows.subject) if scene.chance(0.6) else measured(scene, rows.subject)
    second = measured(scene, rows.subject)
    if first is None or second is None or first.form == second.form:
        return None
    if _is_grouped(groups, first) or _is_grouped(groups, second):
        return None
    noun = f"{first.words or 'number'} and {second.words} of {rows.many}"
    wanted = Wanted(noun, per(scene.rng, groups.one), is_plural=True)
    form = _grouped(scene, rows, (groups,), (first, second))
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def different_by_group(scene: Scene) -> SampleDraft | None:
    """Ask how many different values there are in each group."""
    rows = _rows(scene)
    groups = _groups(scene, rows) if rows else None
    shown = different(scene, rows.subject, rows.columns) if rows else None
    # The number of countries of each country is one.
    if rows is None or groups is None or shown is None or _is_counted(groups, shown):
        return None
    noun = f"number of {shown.counted} of {rows.many}"
    form = _grouped(scene, rows, (groups,), (shown,))
    wanted = Wanted(noun, per(scene.rng, groups.one))
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def groups_with_figure(scene: Scene) -> SampleDraft | None:
    """Ask which groups have a figure above or below a number."""
    rows = _rows(scene)
    groups = _groups(scene, rows) if rows else None
    if groups is not None and groups.is_time:
        return None
    tested = figure(scene, rows.subject) if rows else None
    if rows is None or groups is None or tested is None or _is_grouped(groups, tested):
        return None
    found = scene.rows(_grouped(scene, rows, (groups,), (tested,)))
    numbers = sorted({row[-1] for row in found if isinstance(row[-1], (int, float))})
    if len(numbers) < 2:
        return None
    limit = _round(scene.rng.choice(numbers))
    sign = scene.rng.choice(SIGNS)
    # One or more are all, and nobody asks for less than one.
    if tested.counted and limit <= 1:
        limit, sign = 1, ">"
    condition = _compared(scene, tested, rows, sign, limit)
    is_shown = scene.chance(0.4)
    shown = (tested,) if is_shown else ()
    form = f"{_grouped(scene, rows, (groups,), shown)} HAVING {tested.form} {sign} {limit}"
    also = (
        f" and the {tested.words or 'number'}{_of_rows(tested, rows)} of each" if is_shown else ""
    )
    wanted = Wanted(
        f"{groups.many} {condition}{also}",
        is_plural=True,
        questions=(_asking(groups, condition, also),),
    )
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def top_groups(scene: Scene) -> SampleDraft | None:
    """Ask for the groups with the highest or lowest figure."""
    rows = _rows(scene)
    groups = _groups(scene, rows) if rows else None
    if groups is not None and groups.is_time:
        return None
    ranked = _ranking(scene, rows) if rows else None
    if rows is None or groups is None or ranked is None or _is_grouped(groups, ranked):
        return None
    number = scene.rng.choice((1, 1, 1, 2, 3, 3, 5, 5, 10))
    is_top = scene.chance(0.75)
    direction = "DESC" if is_top else "ASC"
    is_shown = scene.chance(0.4)
    form = _grouped(scene, rows, (groups,), (ranked,) if is_shown else ())
    form = f"{form} ORDER BY {ranked.form} {direction} LIMIT {number}"
    also = _also(ranked, number) if is_shown else ""
    wanted = _ranked(scene, rows, groups, ranked, number, is_top=is_top, also=also)
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def counts_with_zero(scene: Scene) -> SampleDraft | None:
    """Ask for the number of rows of each parent, also of those that have none."""
    subject = scene.table()
    link = scene.pick(scene.named_parents(subject)) if subject else None
    if subject is None or link is None or len(subject.table.primary_key) != 1:
        return None
    parent = link.parent
    shown = ", ".join(scene.refs(parent, parent.names))
    counted = f"COUNT({scene.ref(subject, subject.table.primary_key[0])})"
    source = f"{scene.source(parent)} LEFT JOIN {scene.source(subject)}"
    form = f"SELECT {shown}, {counted} FROM {source} GROUP BY {', '.join(scene.group_by(parent))}"
    end = scene.rng.choice(
        (
            f", including {parent.many} without {subject.many}",
            f", including {parent.many} that have none",
            f", with 0 for {parent.many} without any",
            ", even if there are none",
        )
    )
    wanted = Wanted(
        number_of(scene.rng, subject.many),
        f"{per(scene.rng, parent.one)}{end}",
        questions=(f"how many {subject.many} are there",),
        titles=(subject.many,),
    )
    return draft(scene, form, wanted)


def _ranked(
    scene: Scene,
    rows: Selection,
    groups: Dimension,
    ranked: Figure,
    number: int,
    *,
    is_top: bool,
    also: str,
) -> Wanted:
    """Return the words for the first groups by a figure."""
    said = groups.one if number == 1 else f"{number} {groups.many}"
    have = "has" if number == 1 else "have"
    if ranked.words:
        end = scene.rng.choice(("highest", "largest") if is_top else ("lowest", "smallest"))
        extreme = f"the {end} {ranked.words} of {rows.many}"
        by = f"{ranked.words} of {rows.many}"
    else:
        extreme = f"the {'most' if is_top else 'fewest'} {rows.many}"
        by = f"number of {rows.many}"
    start = "top" if is_top else "bottom"
    beside = also.replace(", and how many", ", with that number")
    titles = () if number == 1 else (f"{start} {number} {groups.many} by {by}{beside}",)
    nouns = (f"{said} with {extreme}{also}", *titles)
    return Wanted(
        scene.rng.choice(nouns),
        is_plural=number > 1,
        questions=(f"which {said} {have} {extreme}{also}",) * 2,
        titles=titles,
    )


def _also(figure: Figure, number: int) -> str:
    """Return the words for a figure that is shown beside its group."""
    owner = "its" if number == 1 else "their"
    return f", with {owner} {figure.words}" if figure.words else ", and how many"


def _rows(scene: Scene) -> Selection | None:
    """Return the rows to group: mostly all of them or under one restriction."""
    subject = scene.table()
    if subject is None or (subject.table.rows or 0) < 3:
        return None
    return select(scene, subject, 0, 2 if scene.chance(0.3) else 1)


def _groups(scene: Scene, rows: Selection) -> Dimension | None:
    """Return a dimension of the rows that no restriction is on."""
    groups = dimension(scene, rows.subject, rows.columns)
    if groups is None:
        return None
    table = groups.shown[0].rpartition(".")[0]
    is_restricted = table != scene.source(rows.subject) and f"{table}." in rows.condition
    return None if is_restricted else groups


def _ranking(scene: Scene, rows: Selection) -> Figure | None:
    """Return a number of rows, a sum or a mean: nobody asks for the lowest of highest values."""
    ranked = figure(scene, rows.subject)
    return ranked if ranked and ranked.form.startswith(("COUNT", "SUM", "AVG")) else None


def _is_grouped(groups: Dimension, shown: Figure) -> bool:
    """Return True if the figure is of the column that makes the groups: ratings per rating."""
    return any(column in shown.form for column in groups.grouped)


def _is_counted(groups: Dimension, shown: Figure) -> bool:
    """Return True if each group counts itself alone: the countries of each country."""
    return groups.one in shown.counted or groups.many in shown.counted


def _grouped(
    scene: Scene,
    rows: Selection,
    groups: tuple[Dimension, ...],
    figures: tuple[Figure, ...],
) -> str:
    """Return SELECT groups, figures WHERE rows GROUP BY groups."""
    shown = [column for one in groups for column in one.shown]
    grouped = [column for one in groups for column in one.grouped]
    selected = ", ".join([*shown, *(one.form for one in figures)])
    source = f" FROM {scene.source(rows.subject)}"
    return f"SELECT {selected}{source}{rows.where} GROUP BY {', '.join(grouped)}"


def _by_group(scene: Scene, rows: Selection, shown: Figure, tail: str, form: str) -> SampleDraft:
    questions: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    many = rows.many
    # Orders per country in 2024, or orders in 2024 per country.
    if rows.period and "," not in tail and scene.chance(0.5):
        many, tail = rows.plain_many, f"{tail} {rows.period}"
    if not shown.words:
        questions = (f"how many {many} are there",) * 2
        titles = (many, f"number of {many}")
    noun = shown.of(scene, many)
    unit = tail.strip().partition(" ")[2].partition(" ")[0]
    if unit in _OFTEN and tail.startswith((f" per {unit}", f" by {unit}")) and scene.chance(0.3):
        end = tail.partition(unit)[2]
        # "Monthly number of orders": not for `month of the hire date`.
        if not end.startswith((" of", " and")):
            often = _OFTEN[unit]
            titles = tuple(f"{often} {title}" for title in titles)
            wanted = Wanted(f"{often} {noun}", end, titles=titles)
            return draft(scene, form, wanted, is_relative=rows.is_relative)
    wanted = Wanted(noun, tail, questions=questions, titles=titles)
    return draft(scene, form, wanted, is_relative=rows.is_relative)


_OFTEN = {"month": "monthly", "quarter": "quarterly", "year": "yearly"}


def _order(scene: Scene, groups: Dimension, shown: Figure) -> tuple[str, str]:
    """Return an ORDER BY clause and its words."""
    if groups.is_time:
        said = scene.rng.choice((f", ordered by {groups.one}", ", in chronological order"))
        return f" ORDER BY {groups.shown[0]} ASC", said
    is_down = scene.chance(0.7)
    order = f" ORDER BY {shown.form} {'DESC' if is_down else 'ASC'}"
    down = (", highest first", ", from highest to lowest", ", in descending order of that figure")
    up = (", lowest first", ", from lowest to highest", ", in ascending order of that figure")
    return order, scene.rng.choice(down if is_down else up)


def _round(number: float) -> float:
    """Return a number that people would compare with."""
    if isinstance(number, int) and abs(number) < 100:
        return number
    rounded = float(f"{number:.2g}")
    return int(rounded) if rounded.is_integer() else rounded


def _compared(scene: Scene, tested: Figure, rows: Selection, sign: str, limit: float) -> str:
    if not tested.words and limit == 1:
        return f"with more than one {rows.one}"
    if not tested.words:
        return f"with {scene.rng.choice(compared(sign, limit, counted=True))} {rows.many}"
    # `a total of rows of at least 5` would read as a number of rows.
    said = scene.rng.choice(compared(sign, limit))
    return f"where the {tested.words} of {rows.many} is {said}"


def _asking(groups: Dimension, condition: str, also: str) -> str:
    """Return a question for groups with a condition, such as `with more than 5 orders`."""
    if condition.startswith("with "):
        return f"which {groups.many} have {condition.removeprefix('with ')}{also}"
    subject, _, said = condition.removeprefix("where ").rpartition(" is ")
    return f"for which {groups.many} is {subject} {said}{also}"


def _of_rows(tested: Figure, rows: Selection) -> str:
    return f" of {rows.subject.many}" if not tested.words else ""
