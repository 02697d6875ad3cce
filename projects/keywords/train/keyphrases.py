"""Candidate phrases of a document, and which of them its summaries use: the measure and the training signal.

Words are runs of letters and digits of two characters or more; a phrase has up to three words, contains no stop word
and crosses no punctuation. A phrase hits when the stems of all its words stand in one of the summaries.
"""

import re
from dataclasses import dataclass

import snowballstemmer
import stopwordsiso

MAX_WORDS = 3
STOP_WORDS = stopwordsiso.stopwords("en")
STEM = snowballstemmer.stemmer("porter").stemWord


@dataclass(frozen=True)
class Paper:
    document: str
    phrases: list[str]
    hits: list[bool]


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_][\w'-]+", text.lower())


def candidates(text: str) -> list[str]:
    """Distinct phrases in order of appearance."""
    found: dict[str, None] = {}
    for piece in re.split(r"[^\w\s'-]+", text.lower()):
        run: list[str] = []
        for word in [*words(piece), None]:
            if word is not None and word not in STOP_WORDS:
                run.append(word)
                for size in range(1, min(MAX_WORDS, len(run)) + 1):
                    found.setdefault(" ".join(run[-size:]))
            else:
                run = []
    return list(found)


def paper(record: dict) -> Paper:
    """@param record one line of SciTLDR: `source` sentences, `target` summaries"""
    document = " ".join(record["source"])
    phrases = candidates(document)
    summaries = [{STEM(word) for word in words(summary)} for summary in record["target"]]
    hits = [any({STEM(word) for word in phrase.split()} <= summary for summary in summaries) for phrase in phrases]
    return Paper(document, phrases, hits)
