"""What each run is trained on, and how its texts become batches."""

import random
import re
from pathlib import Path

from tokenizers import Tokenizer

from data import Example, plots, reviews, unlabelled_tweets
from lexicon import label_of, read_lexicon

PASSAGE_CHARACTERS = 280  # of a piece of a review: about 64 tokens
PASSAGES = 4  # drawn of each review in an epoch
HANDLE = re.compile(r"@\w+")
HANDLES_HIDDEN = 0.5  # share of tweets whose user names become @user, as many sets have them


def passages(text: str) -> list[str]:
    """Neighbouring sentences of a review, as many as fit into PASSAGE_CHARACTERS."""
    made = [""]
    for sentence in filter(None, map(str.strip, text.splitlines())):
        if made[-1] and len(made[-1]) + len(sentence) >= PASSAGE_CHARACTERS:
            made.append("")
        made[-1] = f"{made[-1]} {sentence}".strip()
    return made


class Pool:
    """Texts beside sentence polarity. Labels of passages are those of their review, labels of tweets those of the lexicon."""

    def __init__(self, data: Path):
        lexicon = read_lexicon(data)
        labelled = ((text, label_of(text, lexicon)) for text in unlabelled_tweets(data))
        self.tweets = [Example(text, label) for text, label in labelled if label is not None]
        self.plots = plots(data)
        self.reviews = [(passages(review.text), review.label) for review in reviews(data)]

    def warm(self, draw: random.Random) -> list[Example]:
        """Everything but sentence polarity."""
        drawn = [Example(text, label) for made, label in self.reviews for text in draw.sample(made, min(PASSAGES, len(made)))]
        return drawn + self.some(len(self.tweets), len(self.plots), draw)

    def some(self, tweets: int, plots: int, draw: random.Random) -> list[Example]:
        hidden = [
            Example(HANDLE.sub("@user", one.text), one.label) if draw.random() < HANDLES_HIDDEN else one
            for one in draw.sample(self.tweets, tweets)
        ]
        return hidden + draw.sample(self.plots, plots)


def batches(examples: list[Example], tokeniser: Tokenizer, size: int, draw: random.Random) -> list[tuple[list[list[int]], list[int]]]:
    """Rows of token ids and labels, at most `size` tokens a batch with padding; rows of like length together, batches shuffled."""
    rows = [encoding.ids for encoding in tokeniser.encode_batch([example.text for example in examples])]
    order = sorted(range(len(rows)), key=lambda i: (len(rows[i]), draw.random()))
    made: list[list[int]] = [[]]
    for i in order:
        if made[-1] and (len(made[-1]) + 1) * len(rows[i]) > size:
            made.append([])
        made[-1].append(i)
    draw.shuffle(made)
    return [([rows[i] for i in chosen], [examples[i].label for i in chosen]) for chosen in made]
