"""Training examples: sentences as rows of tokens, features and labels, with changes that serving will meet."""

import random
from dataclasses import dataclass

from tokenizers import Tokenizer

from data import LABELS, TYPES, UNSCORED, Sentence
from decode import spans
from text import CASES, Gazetteer, case_of, words_of
from windows import CLS, MAX_TOKENS, SEP

IGNORED = -100  # label of what the loss leaves out
JOINED, LOWERED, UPPERED, UNLISTED = 0.2, 0.05, 0.02, 0.1  # shares of examples changed
REPLACED, FROM_LISTS = 0.15, 0.5  # shares of entities replaced by others of their type; of those, from the lists of names
HIDDEN, UNKNOWN = 0.03, 100  # share of words that the model does not see; the token [UNK] in their place


@dataclass(frozen=True)
class Example:
    """One entry a word (of the tokeniser)."""

    tokens: list[tuple[int, ...]]
    cases: list[int]
    lists: list[int]
    labels: list[int]


def example(sentence: Sentence, tokeniser: Tokenizer, gazetteer: Gazetteer) -> Example:
    """A word of the set may be several words of the tokeniser: its first takes B-, the others I-."""
    text = " ".join(sentence.words)
    words = words_of(text, tokeniser)
    owners = [i for i, word in enumerate(sentence.words) for _ in range(len(word) + 1)]
    labels, previous = [], None
    for word in words:
        owner = owners[word.start]
        label = sentence.labels[owner]
        continued = label.replace("B-", "I-") if owner == previous else label
        labels.append(IGNORED if label == UNSCORED else LABELS.index(continued))
        previous = owner
    cases = [case_of(text[word.start : word.end]) for word in words]
    return Example([word.tokens for word in words], cases, gazetteer.bits(words), labels)


class Mentions:
    """Names by type, to put in the place of others: the model shall learn the place, not the names."""

    def __init__(self, sentences: list[Sentence], names: list[tuple[str, str]]):
        """@param names (list, name) of gazetteer.py"""
        self.known: dict[str, list[tuple[str, ...]]] = {kind: [] for kind in TYPES}
        for sentence in sentences:
            for kind, start, end in spans(sentence.labels):
                if not is_handle(sentence.words[start:end]):
                    self.known[kind].append(sentence.words[start:end])
        self.surnames = [mention[-1] for mention in self.known["PER"] if len(mention) == 2]
        self.first_names = [name for kind, name in names if kind == "first_name"]
        self.places = [tuple(name.split()) for kind, name in names if kind in ("city", "region")]

    def drawn(self, kind: str, draw: random.Random) -> tuple[str, ...]:
        if kind == "ORG" or draw.random() >= FROM_LISTS:
            return draw.choice(self.known[kind])
        if kind == "LOC":
            return draw.choice(self.places)
        first = draw.choice(self.first_names)
        return (first, draw.choice(self.surnames)) if draw.random() < 0.5 else (first,)


def is_handle(words: tuple[str, ...]) -> bool:
    return any(word.startswith(("@", "#")) for word in words)


def replaced(sentence: Sentence, mentions: Mentions, draw: random.Random) -> Sentence:
    """Some of its entities by others of their type, in lower or upper case where they were."""
    words, labels = list(sentence.words), list(sentence.labels)
    for kind, start, end in reversed(spans(sentence.labels)):
        old = sentence.words[start:end]
        if draw.random() >= REPLACED or is_handle(sentence.words[max(0, start - 1) : end]):
            continue
        new = mentions.drawn(kind, draw)
        if all(word.islower() for word in old) or (all(word.isupper() for word in old) and len(" ".join(old)) > 4):
            new = tuple(word.lower() if old[0].islower() else word.upper() for word in new)
        words[start:end] = new
        labels[start:end] = [f"B-{kind}", *[f"I-{kind}"] * (len(new) - 1)]
    return Sentence(tuple(words), tuple(labels))


def varied(examples: list[Example], draw: random.Random) -> list[Example]:
    """One epoch: some neighbours joined, some examples in lower or upper case, some without the lists of names, some words hidden."""
    made, at = [], 0
    while at < len(examples):
        chosen = examples[at]
        at += 1
        if at < len(examples) and draw.random() < JOINED:
            other = examples[at]
            chosen = Example(chosen.tokens + other.tokens, chosen.cases + other.cases, chosen.lists + other.lists, chosen.labels + other.labels)
            at += 1
        made.append(changed(chosen, draw))
    return made


def changed(chosen: Example, draw: random.Random) -> Example:
    cases, lists, chance = chosen.cases, chosen.lists, draw.random()
    cased = {CASES.index(name) for name in ("lower", "title", "initial", "upper", "mixed")}
    if chance < LOWERED + UPPERED:
        name = CASES.index("lower" if chance < LOWERED else "upper")
        cases = [name if case in cased else case for case in cases]
    if draw.random() < UNLISTED:
        lists = [0] * len(lists)
    tokens = [(UNKNOWN,) if draw.random() < HIDDEN else word for word in chosen.tokens]
    return Example(tokens, cases, lists, chosen.labels)


def row(chosen: Example) -> tuple[list[int], list[int], list[int]]:
    """Token ids, features and labels of one row, at most MAX_TOKENS; only the first token of a word has a label."""
    ids, features, labels = [CLS], [0], [IGNORED]
    for tokens, case, lists, label in zip(chosen.tokens, chosen.cases, chosen.lists, chosen.labels):
        if len(ids) + len(tokens) >= MAX_TOKENS:
            break
        ids += tokens
        features += [case + len(CASES) * lists] * len(tokens)
        labels += [label] + [IGNORED] * (len(tokens) - 1)
    return [*ids, SEP], [*features, 0], [*labels, IGNORED]


def batches(rows: list[tuple[list[int], list[int], list[int]]], tokens: int, draw: random.Random) -> list[list[tuple[list[int], list[int], list[int]]]]:
    """All rows in random batches of like length, each at most `tokens` with padding."""
    order = sorted(rows, key=lambda one: len(one[0]) + draw.random() * 4)
    made: list[list] = [[]]
    for one in order:
        if made[-1] and (len(made[-1]) + 1) * max(len(one[0]), len(made[-1][-1][0]) + 4) > tokens:
            made.append([])
        made[-1].append(one)
    draw.shuffle(made)
    return made
