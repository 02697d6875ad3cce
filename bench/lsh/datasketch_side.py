"""One side of ../lsh.js: from text to bands by datasketch. A line of stdin is a list of texts; the answer is one line of JSON.

Each sketch shares its permutations with the one it is copied from, which `generator` does by itself; `bulk` is a list of it.
`affine32` is the default and fastest scheme of datasketch 2, but another recipe; `legacy` is the one whose signatures are equal.
"""

import base64
import json
import re
import sys
import time

from datasketch import MinHash

NOT_KEPT = re.compile(r"[^\w\s]")
SHINGLE, PERMUTATIONS, BANDS, ROWS = 5, 128, 18, 7


def shingles(text: str) -> list[bytes]:
    words = NOT_KEPT.sub("", text.lower()).split()
    return [" ".join(words[i : i + SHINGLE]).encode() for i in range(len(words) - SHINGLE + 1)]


def bands(sketch: MinHash) -> list[str]:
    values = sketch.hashvalues.astype(">u8").tobytes()
    size = 8 * ROWS
    return [base64.b64encode(values[i * size : (i + 1) * size]).decode() for i in range(BANDS)]


def by_update_batch(texts: list[str], scheme: str) -> list[list[str]]:
    empty = MinHash(num_perm=PERMUTATIONS, scheme=scheme)
    signed = []
    for text in texts:
        sketch = empty.copy()
        sketch.update_batch(shingles(text))
        signed.append(bands(sketch))
    return signed


def by_bulk(texts: list[str], scheme: str) -> list[list[str]]:
    return [bands(sketch) for sketch in MinHash.bulk(map(shingles, texts), num_perm=PERMUTATIONS, scheme=scheme)]


def per_second(call, texts: list[str], scheme: str) -> float:
    """Documents per second of CPU time."""
    started = time.process_time()
    call(texts, scheme)
    return len(texts) / (time.process_time() - started)


def main() -> None:
    for line in sys.stdin:
        texts = json.loads(line)
        rates = {
            f"{name}, {scheme}": per_second(call, texts, scheme)
            for name, call in {"update_batch": by_update_batch, "bulk": by_bulk}.items()
            for scheme in ("affine32", "legacy")
        }
        print(json.dumps({"rates": rates, "first": by_update_batch(texts[:1], "legacy")[0]}), flush=True)


if __name__ == "__main__":
    main()
