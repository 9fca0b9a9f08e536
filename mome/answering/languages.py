"""Whether a question is written in a language that the models do not read.

Recognised by function words, which hardly any English question holds, or by the script. Questions
of one or two words and other languages in Latin letters are not recognised.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

# The most frequent words of each language that are no English ones and no names.
FUNCTION_WORDS: Mapping[str, frozenset[str]] = {
    "German": frozenset(
        "der das und ist nicht mit von wie viele welche welcher welches wer wo wann haben hat "
        "sind wurde wurden für aus dem den des ein eine einen zeige gib liste alle pro jahr "
        "nach auf sie im zum zur".split()
    ),
    "French": frozenset(
        "le la les des du est quels quelles quel quelle combien qui dans avec pour sont une "
        "par où quand montre montrez affiche donne tous toutes ont été plus nombre chaque "
        "et il aux".split()
    ),
    "Spanish": frozenset(
        "el los las del es cuántos cuántas cuantos cuantas qué cuál cuáles quién dónde cuándo "
        "con para por una muestra muéstrame lista todos todas tienen más número cada y en hay "
        "fueron nombre".split()
    ),
    "Italian": frozenset(
        "il gli della delle dei degli è quanti quante quale quali chi dove quando con per una "
        "mostra elenca tutti tutte hanno più numero ogni sono nel nella che".split()
    ),
    "Portuguese": frozenset(
        "os das dos é quantos quantas qual quais quem onde quando com para por uma mostre "
        "liste todos todas têm mais número cada são em que não na no foram".split()
    ),
    "Dutch": frozenset(
        "het een van hoeveel welke wie waar wanneer met voor zijn hebben heeft toon geef alle "
        "per jaar aantal niet er werd zijn op uit".split()
    ),
}
_ENGLISH = frozenset(
    "the of and how what which who where when is are was were show list give find many with from "
    "for each per in by have has that all number names name".split()
)
"""Words of which an English question of some length holds one."""
FEWEST = 2
"""Minimum number of function words of a language."""
_WORDS = re.compile(r"[^\W\d_]+")


def foreign_language(question: str) -> str | None:
    """Return the language of a question, or its script; None if it is English or cannot be told."""
    words = {word.lower() for word in _WORDS.findall(question)}
    scripts = [_script(word) for word in words]
    others = sorted(script for script in scripts if script not in (None, "Latin"))
    # A name in another script is no other language.
    if len(others) > len(words) / 2:
        return f"a language of {others[0]} letters"
    counts = {name: len(words & own) for name, own in FUNCTION_WORDS.items()}
    language = max(counts, key=lambda name: counts[name])
    english = len(words & _ENGLISH)
    return language if counts[language] >= FEWEST and counts[language] > english else None


def _script(word: str) -> str | None:
    """Return the script of a word's first letter, as its Unicode name begins."""
    script = unicodedata.name(word[0], "").partition(" ")[0]
    return script if script == "CJK" else script.capitalize() or None
