"""What the model card says about accuracy, invariance and speed."""

from pathlib import Path

import numpy as np

from data import SEED, measured_sentences, stsb
from sentence_encoder import SentenceEncoder

from encoder.session import invariance, open_session, run_rows, speed_ratio


def embed(session, ids: list[int]) -> np.ndarray:
    """Unit vector `[h]` of one tokenised text."""
    return run_rows(session, {"input_ids": [ids]})[0]


def spearman(a: list[float], b: list[float]) -> float:
    """Rank correlation, ties get their mean rank."""
    return float(np.corrcoef(ranks(a), ranks(b))[0, 1])


def ranks(values: list[float]) -> np.ndarray:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return ((ends - counts + ends - 1) / 2)[inverse]


def scores(data: Path, encoder: SentenceEncoder, tokenise, model: bytes, float_model: bytes) -> dict:
    session, float_session = open_session(model), open_session(float_model)
    sentences = measured_sentences(data)
    quantised = np.vstack([embed(session, tokenise(text)) for text in sentences])
    reference = np.vstack([encoder(tokenise(text)) for text in sentences])
    cosines = (quantised * reference).sum(1)
    return {
        "stsb_dev_spearman_fp32": round(stsb_spearman(data, tokenise, lambda ids: encoder(ids)), 4),
        "stsb_dev_spearman_int8": round(stsb_spearman(data, tokenise, lambda ids: embed(session, ids)), 4),
        "cosine_int8_to_fp32_min": round(float(cosines.min()), 4),
        "cosine_int8_to_fp32_mean": round(float(cosines.mean()), 5),
        "cosine_sentences": len(sentences),
        "invariance_max_difference": invariance(session, {"input_ids": [tokenise(text) for text in sentences[:200]]}, SEED),
        "speed_int8_to_fp32": round(speed_ratio(session, float_session, {"input_ids": [tokenise(text) for text in sentences[:100]]}), 2),
        "bytes": len(model),
    }


def stsb_spearman(data: Path, tokenise, vector) -> float:
    pairs = stsb(data, "dev")
    similarities = [float(vector(tokenise(a)) @ vector(tokenise(b))) for a, b, _ in pairs]
    return spearman(similarities, [score for _, _, score in pairs])
