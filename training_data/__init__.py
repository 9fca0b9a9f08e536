"""Facts for one database: SQL that is right for it, with the questions that ask for it.

Facts are made from a catalog, verified pairs and a glossary. The tuning half of `mome` calls this
package and passes in the check that the SQL of every fact must pass. It imports `schemas` alone.
"""

from training_data.errors import TrainingDataError, UnreadableFile
from training_data.facts import Fact, combine, make_fact
from training_data.generate import generate
from training_data.given.glossary import GlossaryTerm, read_glossary, synonyms
from training_data.given.glossary_facts import glossary_facts
from training_data.given.records import RecordProblem
from training_data.given.verified import VerifiedPair, read_verified, settle, verified_facts
from training_data.language.words import is_plain, normalise

__all__ = [
    "Fact",
    "GlossaryTerm",
    "RecordProblem",
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
