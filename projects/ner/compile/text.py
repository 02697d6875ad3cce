"""A text as the model reads it: tokens, the words they make up, and two features of every word.

A word is what the tokeniser splits first: at white space and around every punctuation mark. The model is uncased, so
the case of a word is given beside it; the other feature says in which lists of names the word stands.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

CASES = ("other", "lower", "title", "initial", "upper", "mixed", "digits", "caseless")
LISTS = ("city", "region", "first_name")
FEATURES = len(CASES) << len(LISTS)  # feature of a word: case + len(CASES) * (bit i: stands in LISTS[i])


@dataclass(frozen=True)
class Word:
    """@param tokens its token ids @param start, end in code points of the text"""

    tokens: tuple[int, ...]
    start: int
    end: int


def words_of(text: str, tokeniser: Tokenizer) -> list[Word]:
    encoding = tokeniser.encode(text, add_special_tokens=False)
    words: list[Word] = []
    previous = None
    for token, word, (start, end) in zip(encoding.ids, encoding.word_ids, encoding.offsets):
        if word == previous:
            last = words[-1]
            words[-1] = Word((*last.tokens, token), last.start, end)
        else:
            words.append(Word((token,), start, end))
        previous = word
    return words


def case_of(word: str) -> int:
    """Index in CASES."""
    categories = [unicodedata.category(character) for character in word]
    upper = [category in ("Lu", "Lt") for category in categories]
    lower = [category == "Ll" for category in categories]
    if not any(upper) and not any(lower):
        letters = any(category.startswith("L") for category in categories)
        return CASES.index("caseless" if letters else "digits" if "Nd" in categories else "other")
    if not any(upper):
        return CASES.index("lower")
    if not any(lower):
        return CASES.index("initial" if sum(upper) == 1 else "upper")
    return CASES.index("title" if upper[0] and sum(upper) == 1 else "mixed")


class Gazetteer:
    """Lists of names, matched on token ids, so that spelling is compared exactly as the model sees it."""

    def __init__(self, names: Iterable[tuple[str, tuple[int, ...]]]):
        """@param names (one of LISTS, token ids)"""
        self.lists: list[set[tuple[int, ...]]] = [set() for _ in LISTS]
        for kind, ids in names:
            self.lists[LISTS.index(kind)].add(ids)
        self.longest = max((len(ids) for ids in set().union(*self.lists)), default=0)

    @classmethod
    def tokenised(cls, names: list[tuple[str, str]], tokeniser: Tokenizer) -> "Gazetteer":
        """@param names (one of LISTS, name)"""
        encodings = tokeniser.encode_batch([name for _, name in names], add_special_tokens=False)
        return cls((kind, tuple(encoding.ids)) for (kind, _), encoding in zip(names, encodings))

    @classmethod
    def read(cls, file: Path) -> "Gazetteer":
        """@param file of `write`"""
        lines = (line.split("\t") for line in file.read_text(encoding="utf-8").splitlines())
        return cls((kind, tuple(map(int, ids.split()))) for kind, ids in lines)

    def write(self, file: Path) -> None:
        """One `list<TAB>id id …` a line, sorted."""
        lines = [f"{kind}\t{' '.join(map(str, ids))}\n" for kind, names in zip(LISTS, self.lists) for ids in sorted(names)]
        file.write_text("".join(lines), encoding="utf-8")

    def bits(self, words: list[Word]) -> list[int]:
        """Of every word: bit i is set where it is part of a name of LISTS[i]; at every place the longest name wins."""
        found = [0] * len(words)
        for i, names in enumerate(self.lists):
            at = 0
            while at < len(words):
                end = self.longest_match(words, at, names)
                for covered in range(at, end):
                    found[covered] |= 1 << i
                at = max(end, at + 1)
        return found

    def longest_match(self, words: list[Word], start: int, names: set[tuple[int, ...]]) -> int:
        """End of the longest name that starts at word `start`; `start` when there is none."""
        tokens: tuple[int, ...] = ()
        longest = start
        for end in range(start, len(words)):
            tokens += words[end].tokens
            if len(tokens) > self.longest:
                break
            if tokens in names:
                longest = end + 1
        return longest


def features_of(text: str, words: list[Word], gazetteer: Gazetteer) -> list[int]:
    """One feature, 0 to FEATURES - 1, a word."""
    return [case_of(text[word.start : word.end]) + len(CASES) * bits for word, bits in zip(words, gazetteer.bits(words))]
