"""An examination as one HTML page without scripts, for a person to read or to send on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from html import escape

from mome.evaluation.evaluate import Examination
from mome.evaluation.exam import Graded
from mome.evaluation.figures import Figures
from mome.evaluation.shares import MEANING

_STYLE = """
body { font: 16px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #222; background: #fff }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0;
  border-bottom: 1px solid #ddd }
code { font-size: .85em; overflow-wrap: anywhere }
.bad { color: #a40000 } .good { color: #106010 }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818 }
  th, td { border-color: #444 } .bad { color: #ff9a9a } .good { color: #9ad99a } }
"""
_KINDS = {
    "own": "Your questions",
    "reworded": "Known questions in other words",
    "near": "Near but different questions",
    "unrelated": "Questions that nothing here answers",
}


def page(examined: Sequence[Examination]) -> str:
    """Return the page of some examinations."""
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Examination</title><style>{_STYLE}</style></head><body>",
        *(_section(one) for one in examined),
    ]
    return "\n".join([*parts, "</body></html>"]) + "\n"


def _section(one: Examination) -> str:
    found = one.figures
    parts = [f"<h1>Examination of {escape(one.name)}</h1>", _summary(found)]
    if one.compared:
        parts.append(f"<h2>Since version {escape(one.compared)}</h2>")
        parts.append(_list("Better", one.better) + _list("Worse", one.worse))
    by_kind: dict[str, list[Graded]] = defaultdict(list)
    for graded in found.graded:
        by_kind[graded.asked.kind].append(graded)
    for kind, title in _KINDS.items():
        if by_kind[kind]:
            parts.append(f"<h2>{title}</h2>{_questions(by_kind[kind])}")
    if found.problems:
        parts.append(_list("Not recalled or not usable", found.problems))
    return "\n".join(parts)


def _summary(found: Figures) -> str:
    rows = [
        f"<tr><td>{MEANING[name]}</td><td>{escape(str(share))}</td></tr>"
        for name, share in found.shares.items()
        if share.of
    ]
    if found.calibration_error is not None:
        error = f"{found.calibration_error:.3f}"
        rows.append(f"<tr><td>calibration error of the confidence</td><td>{error}</td></tr>")
        spent = f"{found.p50_ms:.0f} ms; 95% within {found.p95_ms:.0f} ms"
        rows.append(f"<tr><td>time to an answer</td><td>{spent}</td></tr>")
    return f"<table>{''.join(rows)}</table>"


def _questions(graded: Sequence[Graded]) -> str:
    """Return a table of questions, those that are not right first."""
    rows = []
    for one in sorted(graded, key=lambda one: one.is_good):
        colour = "good" if one.is_good else "bad"
        rows.append(
            f'<tr><td>{escape(one.asked.question)}</td><td class="{colour}">{one.grade}</td>'
            f"<td>{one.confidence:.0%}</td><td><code>{escape(one.answer)}</code></td></tr>"
        )
    head = "<tr><th>Question</th><th>Grade</th><th>Confidence</th><th>Answer</th></tr>"
    return f"<table>{head}{''.join(rows)}</table>"


def _list(title: str, lines: Sequence[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines) or "<li>nothing</li>"
    return f"<h3>{title}</h3><ul>{items}</ul>"
