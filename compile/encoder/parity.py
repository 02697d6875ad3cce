"""What an implementation of the tokeniser in another language must reproduce.

A case is `{text, ids, offsets}`: ids with [CLS] and [SEP], at most max_tokens; offsets in UTF-16 units of the text as
given, [0, 0] for special tokens. A lone surrogate counts as U+FFFD and keeps its one unit.
"""

import re

from tokenizers import Tokenizer

HOSTILE = [
    "", " ", "\t\n  ", ".", "?!…", "a", "İstanbul'da İĞNE", "naïve café résumé", "naïve café résumé", "Ångström Å",
    "東京タワーは高い。", "中文分词 测试", "한국어 형태소", "ภาษาไทยไม่มีช่องว่าง", "مرحبا بالعالم", "שלום עולם", "हिन्दी में पाठ",
    "👍🏽 thumbs", "👨‍👩‍👧‍👦 family", "🇩🇪🇫🇷 flags", "text 😀 in 😀 between", "𝕸𝖆𝖙𝖍 𝟙𝟚𝟛", "ﬁne ﬂow Ⅳ", "a\u0000b\u0007c\u200bd\ufeffe", "[SEP] and [CLS] [MASK] literal",
    "##ing ##", "supercalifragilisticexpialidocious" * 6, "x" * 120, "1,234.56 €/m² @user #tag https://example.org/a?b=c", "don't stop-word e.g. U.S.A.",
    "\ud83d alone", "mid\udc00dle", "\ud800\ud800", "tail \ud83d", "soft\u00adhyphen", "line\nbreak\r\nend", "Straße GROẞ ß", "ǅ ŉ ΐ",
]


def token_case(text: str, tokeniser: Tokenizer, max_tokens: int) -> dict:
    encoding = tokeniser.encode(well_formed(text))
    units = utf16_positions(text)
    return {
        "text": text,
        "ids": encoding.ids[:max_tokens],
        "offsets": [[units[start], units[end]] for start, end in encoding.offsets[:max_tokens]],
    }


def well_formed(text: str) -> str:
    """Every lone surrogate as U+FFFD, of which the tokeniser knows; places in code points stay."""
    return re.sub(r"[\ud800-\udfff]", "\ufffd", text)


def utf16_positions(text: str) -> list[int]:
    """Position in UTF-16 units of every code point, and of the end."""
    positions = [0]
    for character in text:
        positions.append(positions[-1] + (2 if ord(character) > 0xFFFF else 1))
    return positions
