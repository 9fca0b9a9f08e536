"""Words for the keys by which rows of a table refer to rows of the same table: managers, parents.

`self_keys` adds such keys to databases, and the families of `roles` ask with these words.
"""

from __future__ import annotations

from dataclasses import dataclass

Verb = tuple[str, str, str]
"""A verb as in `they manage`, `she manages` and `does she manage`.

In the past as in `they recommended`, `she recommended` and `did she recommend`.
"""


@dataclass(frozen=True)
class RoleWords:
    """The words for a row that others refer to, and for those that refer to it.

    `{one}` and `{many}` stand for the table's noun.
    """

    nouns: tuple[str, ...]
    """The row that is referred to: `manager`."""
    above: tuple[Verb, ...]
    """What a row does that refers to another, before that one's name: `report to`."""
    below: tuple[str, ...]
    """A row as seen by the one that it refers to: `direct report`."""
    does: tuple[Verb, ...] = ()
    """What the row does that others refer to, before their noun: `manage`."""

    def of(self, one: str, many: str) -> RoleWords:
        """Return the words with the table's noun in the singular and plural."""
        return RoleWords(
            tuple(noun.format(one=one, many=many) for noun in self.nouns),
            self.above,
            tuple(noun.format(one=one, many=many) for noun in self.below),
            self.does,
        )


def auxiliary(verb: Verb) -> str:
    """Return `does` or `did` for the question "how many does she manage"."""
    return "did" if verb[0] == verb[1] else "does"


def _is(past: str) -> Verb:
    """Return a passive that lasts: are managed by."""
    return (f"are {past}", f"is {past}", f"be {past}")


def _was(past: str) -> Verb:
    """Return a passive that is over: were recommended by."""
    return (f"were {past}", f"was {past}", f"be {past}")


def _done(verb: str, past: str, agent: str) -> RoleWords:
    """Return the words for somebody who did something to the row: who recommended it."""
    return RoleWords((agent,), (_was(f"{past} by"),), (f"{past} {{one}}",), ((past, past, verb),))


_MANAGER = RoleWords(
    ("manager", "boss", "supervisor"),
    (
        ("report to", "reports to", "report to"),
        ("report directly to", "reports directly to", "report directly to"),
        ("work for", "works for", "work for"),
        _is("managed by"),
        _is("supervised by"),
    ),
    ("direct report", "direct report", "subordinate", "report"),
    (("manage", "manages", "manage"), ("supervise", "supervises", "supervise")),
)
_MENTOR = RoleWords(
    ("mentor",),
    (_is("mentored by"),),
    ("mentee", "mentored {one}"),
    (("mentor", "mentors", "mentor"),),
)
_COACH = RoleWords(
    ("coach", "trainer"),
    (_is("coached by"), _is("trained by"), ("train under", "trains under", "train under")),
    ("trainee",),
    (("coach", "coaches", "coach"), ("train", "trains", "train")),
)
_DEPUTY = RoleWords(
    ("deputy", "substitute"),
    (_is("represented by"), _is("deputized by")),
    ("represented {one}",),
    (("represent", "represents", "represent"), ("stand in for", "stands in for", "stand in for")),
)
_PARENT = RoleWords(
    ("parent {one}", "parent"),
    (
        ("belong to", "belongs to", "belong to"),
        ("are part of", "is part of", "be part of"),
        ("are below", "is below", "be below"),
    ),
    ("child {one}", "sub-{one}", "child"),
    (("contain", "contains", "contain"),),
)
_PREDECESSOR = RoleWords(
    ("predecessor", "previous {one}"),
    (("follow", "follows", "follow"), ("come after", "comes after", "come after")),
    ("successor",),
    (("precede", "precedes", "precede"),),
)
_SUCCESSOR = RoleWords(
    ("successor", "replacement"),
    (_was("replaced by"), _is("succeeded by")),
    ("predecessor", "replaced {one}"),
    (("replaced", "replaced", "replace"),),
)
_ORIGINAL = RoleWords(
    ("original {one}", "source {one}"),
    (_is("based on"), _is("derived from")),
    ("derived {one}",),
)
_PREREQUISITE = RoleWords(
    ("prerequisite", "required {one}"),
    (("require", "requires", "require"), ("depend on", "depends on", "depend on")),
    ("dependent {one}",),
)
_OWNER = RoleWords(
    ("owner", "parent company"),
    (_is("owned by"), ("belong to", "belongs to", "belong to")),
    ("subsidiary",),
    (("own", "owns", "own"),),
)

WORKING: dict[str, RoleWords] = {
    "manager id": _MANAGER,
    "supervisor id": _MANAGER,
    "boss id": _MANAGER,
    "reports to": _MANAGER,
    "managed by": _MANAGER,
    "superior id": _MANAGER,
    "supervised by": _MANAGER,
    "deputy id": _DEPUTY,
}
"""Columns of people who work together -> words."""
KNOWN: dict[str, RoleWords] = {
    "mentor id": _MENTOR,
    "mentored by": _MENTOR,
    "coach id": _COACH,
    "trained by": _COACH,
    "recommended by": _done("recommend", "recommended", "recommender"),
    "recommender id": _done("recommend", "recommended", "recommender"),
    "referred by": _done("refer", "referred", "referrer"),
    "referrer id": _done("refer", "referred", "referrer"),
    "invited by": _done("invite", "invited", "inviter"),
    "introduced by": _done("introduce", "introduced", "introducer"),
    "recruited by": _done("recruit", "recruited", "recruiter"),
    "nominated by": _done("nominate", "nominated", "nominator"),
    "sponsor id": _done("sponsor", "sponsored", "sponsor"),
}
"""Columns of people who know one another -> words."""
THINGS: dict[str, RoleWords] = {
    "parent id": _PARENT,
    "predecessor id": _PREDECESSOR,
    "previous id": _PREDECESSOR,
    "successor id": _SUCCESSOR,
    "replaced by": _SUCCESSOR,
    "based on": _ORIGINAL,
    "original id": _ORIGINAL,
    "prerequisite id": _PREREQUISITE,
    "depends on": _PREREQUISITE,
}
"""Columns of things -> words."""
OWNED: dict[str, RoleWords] = {"owner id": _OWNER, "owned by": _OWNER, "parent company id": _OWNER}
"""Columns of companies and other organizations -> words."""
_ALL = {**WORKING, **KNOWN, **THINGS, **OWNED}


def role_words(column: str) -> RoleWords | None:
    """Return the words for a column: `boss id`, or `parent category id`; None if unknown."""
    found = _ALL.get(column)
    if found is None:
        start = column.split()[0]
        found = _ALL.get(f"{start} id")
    return found
