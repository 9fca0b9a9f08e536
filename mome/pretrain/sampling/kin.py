"""What a row has of another table: customers with orders, customers who never ordered.

The families about related rows say a link between two tables with these words.
"""

from __future__ import annotations

from dataclasses import dataclass

from mome.pretrain.sampling.asking import Told
from mome.pretrain.sampling.events import is_person, who
from mome.pretrain.sampling.restrictions import restriction
from mome.pretrain.sampling.scene import Scene
from training_data.language.subjects import Link, Subject
from training_data.language.words import with_article

_MADE = ("make", "made", "made")
_PLACED = ("place", "placed", "placed")
_DEEDS = {
    "appearance": _MADE,
    "bet": _PLACED,
    "bid": _PLACED,
    "booking": _MADE,
    "claim": ("file", "filed", "filed"),
    "comment": ("write", "wrote", "written"),
    "complaint": ("file", "filed", "filed"),
    "donation": _MADE,
    "goal": ("score", "scored", "scored"),
    "invoice": ("receive", "received", "received"),
    "order": _PLACED,
    "payment": _MADE,
    "pit stop": _MADE,
    "purchase": _MADE,
    "rental": _MADE,
    "reservation": _MADE,
    "review": ("write", "wrote", "written"),
    "transaction": _MADE,
    "vote": ("cast", "cast", "cast"),
}
"""Noun of what people do -> the verb as in `do`, `did` and `done`."""
_BY_OWNER = {
    ("author", "book"): ("write", "wrote", "written"),
    ("artist", "album"): ("release", "released", "released"),
    ("artist", "song"): ("release", "released", "released"),
    ("publisher", "book"): ("publish", "published", "published"),
    ("instructor", "course"): ("teach", "taught", "taught"),
    ("director", "movie"): ("direct", "directed", "directed"),
}
"""The same for what only some owners do."""
_ORGANIZATIONS = frozenset("customer client account company shop team supplier".split())
_PASSIVES = {
    "booking": "booked",
    "invoice line": "sold",
    "loan": "borrowed",
    "order item": "ordered",
    "order line": "ordered",
    "purchase": "purchased",
    "rental": "rented",
    "review": "reviewed",
    "sale": "sold",
}
"""Noun of what is done to a thing -> the participle."""

MOST_PAIRS = 4_000_000
"""Pairs of rows of two tables up to which SQLite finds related rows within a second."""


@dataclass(frozen=True)
class Kin:
    """A row's related rows, restricted or not, and the words for them."""

    owner: Subject
    rows: Subject
    """The table whose rows refer to the owner."""
    related: Subject
    """What people speak of: that table, or the one that it links the owner with."""
    condition: str = ""
    """What HAS asks of the related rows; empty if nothing."""
    said: str = ""
    """The words for that condition, which follow the noun; empty with the condition."""
    is_relative: bool = False
    """True if the condition depends on the day of the question."""

    @property
    def many(self) -> str:
        """Return the noun for several related rows, with their condition."""
        return f"{self.related.many} {self.said}".strip()

    @property
    def one(self) -> str:
        """Return the noun for one related row, with its condition."""
        return f"{self.related.one} {self.said}".strip()

    @property
    def deed(self) -> tuple[str, str, str] | None:
        """Return the verb by which the owner gets a related row: place, placed, placed."""
        noun = self.related.one
        own = _BY_OWNER.get((self.owner.one, noun))
        if own or not (is_person(self.owner) or self.owner.one in _ORGANIZATIONS):
            return own
        return _DEEDS.get(noun) or _DEEDS.get(noun.split()[-1])

    @property
    def passive(self) -> str:
        """Return what is done to the owner in a related row: ordered; empty for people."""
        return "" if is_person(self.owner) else _PASSIVES.get(self.related.one, "")

    def asks(self, construct: str, scene: Scene) -> str:
        """Return HAS or NO over the related rows."""
        condition = f", {self.condition}" if self.condition else ""
        return f"{construct}({scene.source(self.related)}{condition})"


def kin(scene: Scene, link: Link, *, restricted: float = 0.5) -> Kin:
    """Return the rows that refer to a row of the link's parent.

    `restricted`: the probability that they are restricted.
    """
    related = _across(scene, link) or link.child
    found = restriction(scene, related) if scene.chance(restricted) else None
    if found is None:
        return Kin(link.parent, link.child, related)
    said = found.said(scene)
    return Kin(link.parent, link.child, related, found.form, said, found.is_relative)


def _across(scene: Scene, link: Link) -> Subject | None:
    """Return the table that the link's child links the parent with; None if it is no link table.

    Films have actors, and nobody asks for their film actors.
    """
    parents = scene.database.parents(link.child)
    if link.child.names or len(parents) != 2 or scene.database.children(link.child):
        return None
    if link.child.measures or not set(link.child.one.split()) & set(link.parent.one.split()):
        return None
    other = parents[0] if parents[1].parent.table.key == link.parent.table.key else parents[1]
    is_plain = other.is_plain and other.parent.table.key != link.parent.table.key
    return other.parent if is_plain else None


def kin_link(scene: Scene) -> Link | None:
    """Return a link from rows to a named row that they belong to."""
    return scene.pick(_links(scene))


def asked_link(scene: Scene) -> Link | None:
    """Return such a link between tables of which HAS and NO soon find the rows."""
    fit = []
    for link in _links(scene):
        pairs = (link.child.table.rows or 0) * (link.parent.table.rows or 0)
        if pairs <= MOST_PAIRS:
            fit.append(link)
    return scene.pick(fit)


def _links(scene: Scene) -> list[Link]:
    links = [link for owner in scene.subjects if owner.names for link in scene.children(owner)]
    # "Employees without employees" does not say which ones are meant.
    return [link for link in links if link.child.table.key != link.parent.table.key]


def own_table(scene: Scene) -> Subject | None:
    """Return a table with rows that people speak of: none that only links two others."""
    fit = []
    for subject in scene.subjects:
        if not any(_across(scene, link) for link in scene.parents(subject)):
            fit.append(subject)
    return scene.pick(fit)


def lacking(related: Kin) -> list[Told]:
    """Return wordings for owners without a related row, such as "who never ordered"."""
    pronoun = who(related.owner)
    many, one = related.many, with_article(related.one)
    said = [
        (f"without {many}", f"have no {many}"),
        (f"without any {many}", f"do not have any {many}"),
        (f"with no {many}", f"have no {many}"),
        (f"{pronoun} have no {many}", f"do not have {one}"),
        (f"{pronoun} do not have any {many}", f"don't have any {many}"),
    ]
    if not related.said:
        said.append((f"{pronoun} never had {one}", f"never had any {many}"))
    return [*said, *_never(related)]


def _never(related: Kin) -> list[Told]:
    """Return wordings with a verb: never placed an order, were never sold."""
    clauses: list[str] = []
    if related.deed:
        do, did, done = related.deed
        one, many = with_article(related.one), related.many
        clauses += [f"never {did} {one}", f"have never {done} {one}", f"did not {do} any {many}"]
    if related.passive and not related.said:
        clauses += [f"were never {related.passive}", f"have never been {related.passive}"]
    pronoun = who(related.owner)
    # Twice, since verbs are how people ask where there is one.
    return [(f"{pronoun} {clause}", clause) for clause in clauses] * 2


def having(related: Kin) -> list[Told]:
    """Return wordings for owners with at least one related row."""
    pronoun = who(related.owner)
    one, many = with_article(related.one), related.many
    least = f"at least one {related.one}"
    said = [
        (f"with {least}", f"have {least}"),
        (f"{pronoun} have {one}", f"have {one}"),
        (f"with {many}", f"have {many}"),
        (f"{pronoun} have {least}", f"have any {many}"),
        (f"with {one}", f"have {least}"),
    ]
    clauses: list[str] = []
    if related.deed:
        _, did, done = related.deed
        clauses += [f"{did} {one}", f"have {done} {one}", f"{did} {least}"] * 2
    if related.passive and not related.said:
        clauses += [f"were {related.passive} at least once", f"have been {related.passive}"]
    return [*said, *((f"{pronoun} {clause}", clause) for clause in clauses)]
