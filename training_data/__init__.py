"""From a catalog, verified pairs and a glossary to facts: SQL that is right for one database, with the words people ask it in.

Used by the tuning half of `mome`, which injects the check that every fact's SQL must pass; imports `schemas` alone.
"""

from training_data.errors import TrainingDataError, UnreadableFile
from training_data.facts import Fact, combine, make_fact
from training_data.generate import generate
from training_data.given.glossary import GlossaryTerm, read_glossary, synonyms
from training_data.given.glossary_facts import glossary_facts
from training_data.given.records import Problem
from training_data.given.verified import VerifiedPair, read_verified, settle, verified_facts
from training_data.language.words import is_plain, normalise

__all__ = [
    "Fact",
    "GlossaryTerm",
    "Problem",
    "TrainingDataError",
    "UnreadableFile",
    "VerifiedPair",
    "combine",
    "generate",
    "glossary_facts",
    "is_plain",
    "make_fact",
    "normalise",
    "read_glossary",
    "read_verified",
    "settle",
    "synonyms",
    "verified_facts",
]
