"""Records what the reference libraries answer to texts drawn by a seed: serve/tests/integration/reference.json.

There is no artifact to compile; this file is what the code must agree with. The texts mix scripts, marks, digits, punctuation,
kinds of white space and the words that the tokenizer takes apart.
"""

import hashlib
import json
import random
from pathlib import Path

from reference import signature

HERE = Path(__file__).parent
STOP_WORDS = HERE.parents[2] / "node_modules/stopwords-iso/stopwords-iso.json"
OUT = HERE.parent / "serve/tests/integration/reference.json"
TEXTS = 200
SEED = 7

LANGUAGES = ["en", "en", "de", "fr", "bn", "ar", "hi", "el", "zh", "ja", "th", "yo", "cy", None]
SCRIPTS = [
    "abcdefghijklmnopqrstuvwxyz",
    "àéîõüßñçøåŁžŠİıſKΣσςÆ",
    "абвгдежийё",
    "ابتثجحخدذرزسَُِّْ",
    "अआकखगमनिीुूे्ंः",
    "กขคงจฉชิีึุูเแโ",
    "漢字日本語中文",
    "ひらがなカタカナー",
    "한국어말",
]
OTHERS = ["0123456789²½Ⅷ①٣", ".,;:!?'’\"()-–_@#$%&*+=~`´¨", "\U0001f600\U00010400\U0001d7ce\u0301\u200d\ufeff\x1c\x85\u2028\u00a0\u3000\t\n\r"]
WORDS = "cannot Cannot gonna gotta gimme gımme lemme wanna WANNA wannabe d'ye more'n 'tis don't I und le the of কয় και".split()
GAPS = [" ", " ", "\n", "  ", "\u3000"]


def text(draw: random.Random) -> str:
    script = draw.choice(SCRIPTS)
    return draw.choice(GAPS).join(word(draw, script) for _ in range(draw.randint(0, 40)))


def word(draw: random.Random, script: str) -> str:
    if draw.random() < 0.15:
        return draw.choice(WORDS)
    alphabet = script if draw.random() < 0.7 else draw.choice(SCRIPTS + OTHERS)
    return "".join(draw.choice(alphabet if draw.random() < 0.9 else draw.choice(SCRIPTS + OTHERS)) for _ in range(draw.randint(1, 9)))


def main() -> None:
    stop_words = json.loads(STOP_WORDS.read_text())
    draw = random.Random(SEED)
    recorded = []
    for _ in range(TEXTS):
        configuration = {
            "language": draw.choice(LANGUAGES),
            "shingle_list": draw.randint(1, 6),
            "threshold": draw.choice([0.6, 0.6, round(draw.random(), 3)]),
            "num_perm": draw.choice([128, 128, 2, 16, draw.randint(2, 300)]),
        }
        content = text(draw)
        removed = set(stop_words.get(configuration["language"], []))
        made = signature(content, removed, configuration["shingle_list"], configuration["threshold"], configuration["num_perm"])
        digest = made and hashlib.sha256("\n".join(made).encode()).hexdigest()
        recorded.append({"configuration": configuration, "content": content, "bands": made and len(made), "sha256": digest})
    OUT.write_text(json.dumps(recorded, indent=2) + "\n")
    print(f"{len(recorded)} texts, {sum(one['sha256'] is None for one in recorded)} without a signature: {OUT}")


if __name__ == "__main__":
    main()
