"""`test_files/parity.json`: what an implementation in another language must reproduce of the Python reference.

A case is `{text, ids, offsets, logits?, probabilities}`: `logits` [classes] are those of the float32 reference,
`probabilities` [classes] those of the compiled graph.
"""

import random
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from classifier import MAX_TOKENS, Classifier, logits_of
from data import SEED, reviews, sentence_polarity, tweets_dev

from encoder.parity import HOSTILE, token_case, well_formed
from encoder.reference import softmax

DRAWN = 20  # texts of every set


def drawn_texts(data: Path) -> list[str]:
    """The last one is longer than the model reads."""
    draw = random.Random(SEED + 2)
    sets = [[example.text for example in read(data)] for read in (tweets_dev, sentence_polarity)]
    return [text for texts in sets for text in draw.sample(texts, DRAWN)] + [reviews(data)[0].text]


def build(data: Path, classifier: Classifier, tokeniser: Tokenizer, model: bytes) -> list[dict]:
    drawn = drawn_texts(data)
    texts = drawn + HOSTILE
    compiled = softmax(logits_of(model, tokeniser, [well_formed(text) for text in texts]))
    cases = [token_case(text, tokeniser, MAX_TOKENS) for text in texts]
    for i, case in enumerate(cases):
        case["probabilities"] = np.round(compiled[i].astype(float), 5).tolist()
        if i < len(drawn):
            case["logits"] = np.round(classifier(case["ids"]).astype(float), 4).tolist()
    return cases
