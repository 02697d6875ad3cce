"""`test_files/parity.json`: what an independent implementation must reproduce, from the Python reference alone.

A case is `{text, ids, offsets, vector?}`: the tokens of encoder/parity.py and the vector of the encoder.
"""

from pathlib import Path

from data import parity_texts
from sentence_encoder import MAX_TOKENS, SentenceEncoder

from encoder.parity import HOSTILE, token_case


def build(data: Path, encoder: SentenceEncoder, tokeniser) -> list[dict]:
    drawn = [case(text, tokeniser, encoder) for text in parity_texts(data)]
    return drawn + [case(text, tokeniser, encoder if i % 3 == 0 else None) for i, text in enumerate(HOSTILE)]


def case(text: str, tokeniser, encoder: SentenceEncoder | None) -> dict:
    made = token_case(text, tokeniser, MAX_TOKENS)
    return made | ({"vector": [round(float(x), 6) for x in encoder(made["ids"])]} if encoder else {})
