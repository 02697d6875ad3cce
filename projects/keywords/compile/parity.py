"""`test_files/parity.json`: what an independent implementation must reproduce, from the Python reference alone.

A case is `{text, ids, offsets, vector?}`: ids with [CLS] and [SEP], at most MAX_TOKENS; offsets in UTF-16 units of the
text as given, [0, 0] for special tokens. A lone surrogate counts as U+FFFD and keeps its one unit.
"""

import re
from pathlib import Path

from data import parity_texts
from reference import MAX_TOKENS, Encoder

HOSTILE = [
    "", " ", "\t\n  ", ".", "?!…", "a", "İstanbul'da İĞNE", "naïve café résumé", "naïve café résumé", "Ångström Å",
    "東京タワーは高い。", "中文分词 测试", "한국어 형태소", "ภาษาไทยไม่มีช่องว่าง", "مرحبا بالعالم", "שלום עולם", "हिन्दी में पाठ",
    "👍🏽 thumbs", "👨‍👩‍👧‍👦 family", "🇩🇪🇫🇷 flags", "text 😀 in 😀 between", "𝕸𝖆𝖙𝖍 𝟙𝟚𝟛", "ﬁne ﬂow Ⅳ", "a\u0000b\u0007c\u200bd\ufeffe", "[SEP] and [CLS] [MASK] literal",
    "##ing ##", "supercalifragilisticexpialidocious" * 6, "x" * 120, "1,234.56 €/m² @user #tag https://example.org/a?b=c", "don't stop-word e.g. U.S.A.",
    "\ud83d alone", "mid\udc00dle", "\ud800\ud800", "tail \ud83d", "soft\u00adhyphen", "line\nbreak\r\nend", "Straße GROẞ ß", "ǅ ŉ ΐ",
]


def build(data: Path, encoder: Encoder, tokeniser) -> list[dict]:
    drawn = [case(text, tokeniser, encoder) for text in parity_texts(data)]
    return drawn + [case(text, tokeniser, encoder if i % 3 == 0 else None) for i, text in enumerate(HOSTILE)]


def case(text: str, tokeniser, encoder: Encoder | None) -> dict:
    encoding = tokeniser.encode(re.sub(r"[\ud800-\udfff]", "\ufffd", text))
    units = utf16_positions(text)
    made = {
        "text": text,
        "ids": encoding.ids[:MAX_TOKENS],
        "offsets": [[units[start], units[end]] for start, end in encoding.offsets[:MAX_TOKENS]],
    }
    return made | ({"vector": [round(float(x), 6) for x in encoder(encoding.ids)]} if encoder else {})


def utf16_positions(text: str) -> list[int]:
    """Position in UTF-16 units of every code point, and of the end."""
    positions = [0]
    for character in text:
        positions.append(positions[-1] + (2 if ord(character) > 0xFFFF else 1))
    return positions
