"""What a row has of another table: customers with orders, customers who never ordered.

The families about related rows say a link between two tables with these words.
"""

from __future__ import annotations

from dataclasses import dataclass

from mome.pretrain.sampling.asking import Told
from mome.pretrain.sampling.deeds import Deed, deed, deed_of, passive
from mome.pretrain.sampling.events import is_person, who
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import Selection, under
from training_data.language.subjects import Link, Subject
from training_data.language.words import with_article

_ORGANIZATIONS = frozenset("customer client account company shop team supplier".split())
MOST_PAIRS = 4_000_000
"""Pairs of rows of two tables up to which SQLite finds related rows within a second."""


@dataclass(frozen=True)
class Kin:
    """A row's related rows, restricted or not, and what the owner does to have them."""

    owner: Subject
    """The table whose rows are asked for."""
    child: Subject
    """The table whose rows refer to the owner."""
    rows: Selection
    """What people speak of: rows of that table, or of the one that it links the owner with."""

    @property
    def deed(self) -> Deed | None:
        """The verb by which the owner gets a related row: place, placed, placed."""
        noun = self.rows.subject.one
        own = deed_of(self.owner.one, noun)
        if own or not (is_person(self.owner) or self.owner.one in _ORGANIZATIONS):
            return own
        return deed(noun)

    @property
    def passive(self) -> str:
        """What is done to the owner in a related row, such as `ordered`.

        Empty for people, and where a restriction of the row would be lost.
        """
        is_said = is_person(self.owner) or self.rows.condition
        return "" if is_said else passive(self.rows.subject.one)

    def asks(self, construct: str, scene: Scene) -> str:
        """Return HAS or NO over the related rows."""
        condition = f", {self.rows.condition}" if self.rows.condition else ""
        return f"{construct}({scene.source(self.rows.subject)}{condition})"


def kin(scene: Scene, link: Link, *, restricted: float = 0.5) -> Kin:
    """Return the rows that refer to a row of the link's parent.

    `restricted`: the probability that they are restricted.
    """
    related = _across(scene, link) or link.child
    return Kin(link.parent, link.child, under(scene, related, restricted))


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
    many, one = related.rows.many, with_article(related.rows.one)
    said = [
        (f"without {many}", f"have no {many}"),
        (f"without any {many}", f"do not have any {many}"),
        (f"with no {many}", f"have no {many}"),
        (f"{pronoun} have no {many}", f"do not have {one}"),
        (f"{pronoun} do not have any {many}", f"don't have any {many}"),
    ]
    if not related.rows.condition:
        said.append((f"{pronoun} never had {one}", f"never had any {many}"))
    return [*said, *_never(related)]


def _never(related: Kin) -> list[Told]:
    """Return wordings with a verb: never placed an order, were never sold."""
    clauses: list[str] = []
    if related.deed:
        do, did, done = related.deed
        one, many = with_article(related.rows.one), related.rows.many
        clauses += [f"never {did} {one}", f"have never {done} {one}", f"did not {do} any {many}"]
    if related.passive:
        clauses += [f"were never {related.passive}", f"have never been {related.passive}"]
    pronoun = who(related.owner)
    # Twice, since verbs are how people ask where there is one.
    return [(f"{pronoun} {clause}", clause) for clause in clauses] * 2


def having(related: Kin) -> list[Told]:
    """Return wordings for owners with at least one related row."""
    pronoun = who(related.owner)
    one, many = with_article(related.rows.one), related.rows.many
    least = f"at least one {related.rows.one}"
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
    if related.passive:
        clauses += [f"were {related.passive} at least once", f"have been {related.passive}"]
    return [*said, *((f"{pronoun} {clause}", clause) for clause in clauses)]
