"""Groups chosen by their figure: those above or below a number, and the first ones."""

from __future__ import annotations

from mome.pretrain.sampling.bounds import SIGNS, compared, rounded
from mome.pretrain.sampling.dimensions import LASTING, Dimension, by_groups, dimension, grouped_rows
from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.figures import Figure, figure
from mome.pretrain.sampling.manners import Wanted
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import Selection, read


def groups_with_figure(scene: Scene) -> SampleDraft | None:
    """Ask which groups have a figure above or below a number."""
    rows = grouped_rows(scene)
    groups = dimension(scene, rows, (), LASTING) if rows else None
    tested = figure(scene, rows.subject) if rows else None
    if rows is None or groups is None or tested is None or groups.makes(tested.form):
        return None
    found = scene.rows(by_groups((groups,), (tested.form,), read(scene, rows)))
    numbers = sorted({row[-1] for row in found if isinstance(row[-1], (int, float))})
    if len(numbers) < 2:
        return None
    limit = rounded(scene.rng.choice(numbers), 2)
    sign = scene.rng.choice(SIGNS)
    # One or more are all, and nobody asks for less than one.
    if tested.counted and limit <= 1:
        limit, sign = 1, ">"
    condition = _compared(scene, tested, rows, sign, limit)
    is_shown = scene.chance(0.4)
    shown = (tested.form,) if is_shown else ()
    form = f"{by_groups((groups,), shown, read(scene, rows))} HAVING {tested.form} {sign} {limit}"
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
    rows = grouped_rows(scene)
    groups = dimension(scene, rows, (), LASTING) if rows else None
    ranked = _ranking(scene, rows) if rows else None
    if rows is None or groups is None or ranked is None or groups.makes(ranked.form):
        return None
    number = scene.rng.choice((1, 1, 1, 2, 3, 3, 5, 5, 10))
    is_top = scene.chance(0.75)
    direction = "DESC" if is_top else "ASC"
    is_shown = scene.chance(0.4)
    form = by_groups((groups,), (ranked.form,) if is_shown else (), read(scene, rows))
    form = f"{form} ORDER BY {ranked.form} {direction} LIMIT {number}"
    also = _also(ranked, number) if is_shown else ""
    wanted = _ranked(scene, rows, groups, ranked, number, is_top=is_top, also=also)
    return draft(scene, form, wanted, is_relative=rows.is_relative)


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


def _ranking(scene: Scene, rows: Selection) -> Figure | None:
    """Return a number of rows, a sum or a mean: nobody asks for the lowest of highest values."""
    ranked = figure(scene, rows.subject)
    return ranked if ranked and ranked.kind in ("COUNT", "SUM", "AVG") else None


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
