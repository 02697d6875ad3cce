"""The reference contract by the libraries that it is made of: NLTK's tokenizer, datasketch's MinHash and band parameters."""

import base64
import re

import numpy
from datasketch import MinHash
from datasketch.lsh import _optimal_param
from nltk.tokenize import NLTKWordTokenizer

TOKENIZER = NLTKWordTokenizer()


def words(content: str, stop_words: set[str]) -> list[str]:
    text = re.sub(r"[^\w\s]", "", content.lower()).rstrip()
    return [word for word in TOKENIZER.tokenize(text) if word not in stop_words]


def shingles(found: list[str], size: int) -> list[bytes]:
    return [" ".join(found[i : i + size]).encode() for i in range(len(found) - size + 1)]


def bands(values: numpy.ndarray, count: int, rows: int) -> list[str]:
    """Base64 of the big-endian 8-byte values of each band."""
    big_endian = values.astype(">u8")
    return [base64.b64encode(big_endian[i * rows : (i + 1) * rows].tobytes()).decode() for i in range(count)]


def signature(content: str, stop_words: set[str], size: int, threshold: float, permutations: int) -> list[str] | None:
    found = shingles(words(content, stop_words), size)
    if not found:
        return None
    sketch = MinHash(num_perm=permutations, scheme="legacy")
    sketch.update_batch(found)
    return bands(sketch.hashvalues, *_optimal_param(threshold, permutations, 0.5, 0.5))
