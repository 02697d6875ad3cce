"""A label for an unlabelled tweet by the words of the VADER lexicon: it teaches the model how tweets speak.

Source: Hutto and Gilbert 2014; of their rules the negation and the normalisation, not those for capitals, boosters and
punctuation.
"""

import math
import re
from pathlib import Path

from data import NEGATIVE, NEUTRAL, POSITIVE

NEGATED, REACH = -0.74, 3  # factor of a valence after a negation; words that a negation reaches
NORMALISED = 15  # the sum s of a text counts as s / sqrt(s² + NORMALISED), in (-1, 1)
CLEAR, MIXED = 0.3, 0.05  # above: positive (below the opposite: negative); up to: neutral; between: no label
NEGATIONS = set("not no never none nobody nothing neither nor nowhere without cannot cant dont doesnt didnt isnt wasnt wont wouldnt couldnt shouldnt aint hardly".split())
WORD = re.compile(r"[#@]?\w+(?:['’]\w+)*|[^\w\s]+")


def read_lexicon(data: Path) -> dict[str, float]:
    """{word or emoticon: valence from -4 to 4}"""
    lines = (data / "sentiment/vader/vader_lexicon.txt").read_text(encoding="utf-8").splitlines()
    return {word: float(valence) for word, valence, *_ in (line.split("\t") for line in lines)}


def valence(text: str, lexicon: dict[str, float]) -> float:
    """From -1 to 1; 0 when no word has one."""
    words = [word.lower().lstrip("#").replace("’", "'") for word in WORD.findall(text)]
    total = 0.0
    for i, word in enumerate(words):
        before = words[max(0, i - REACH) : i]
        negated = any(other in NEGATIONS or other.endswith("n't") for other in before)
        total += lexicon.get(word, 0.0) * (NEGATED if negated else 1)
    return total / math.sqrt(total * total + NORMALISED)


def label_of(text: str, lexicon: dict[str, float]) -> int | None:
    value = valence(text, lexicon)
    if abs(value) <= MIXED:
        return NEUTRAL
    if abs(value) < CLEAR:
        return None
    return POSITIVE if value > 0 else NEGATIVE
