"""Compares the base with a tuned encoder, both as int8 artifacts, and decides which one ships.

Measure: share of the ten phrases nearest to the document whose stemmed words all stand in one human summary (SciTLDR dev).
The tuned encoder ships when the 95 % bootstrap interval of the paired difference lies above 0 and STS-B dev stays good.
"""

from pathlib import Path

import numpy as np

from calibrate import calibrate
from compile import MIN_SPEARMAN
from data import SEED, calibration_texts, scitldr
from evaluate import embed, open_session, stsb_spearman
from graph import EncoderGraph
from keyphrases import Paper, paper
from reference import Encoder

BEST = 10
ROWS = 64  # phrases of equal length in one call
RESAMPLES = 2_000


def artifact(data: Path, encoder: Encoder, tokenise):
    """A session of the int8 artifact that this encoder would ship as."""
    ranges = calibrate(encoder, [tokenise(text) for text in calibration_texts(data)])
    return open_session(EncoderGraph(encoder, ranges).build().SerializeToString())


def embed_all(session, rows: list[list[int]]) -> np.ndarray:
    vectors = np.empty((len(rows), 384), np.float32)
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    for start in range(0, len(order), ROWS):
        chosen = order[start : start + ROWS]
        vectors[chosen] = embed(session, [rows[i] for i in chosen])
    return vectors


def hit_share(session, tokenise, chosen: Paper) -> float:
    vectors = embed_all(session, [tokenise(phrase) for phrase in chosen.phrases])
    similarity = vectors @ embed(session, [tokenise(chosen.document)])[0]
    best = np.argsort(-similarity, kind="stable")[:BEST]
    return float(np.mean([chosen.hits[i] for i in best]))


def interval(differences: np.ndarray) -> tuple[float, float]:
    """95 % bootstrap interval of the mean."""
    draw = np.random.default_rng(SEED)
    means = [differences[draw.integers(0, len(differences), len(differences))].mean() for _ in range(RESAMPLES)]
    low, high = np.quantile(means, [0.025, 0.975])
    return round(float(low), 4), round(float(high), 4)


def decide(data: Path, source: Path, tuned: dict[str, np.ndarray], tokenise) -> dict:
    papers = [p for p in map(paper, scitldr(data, "dev")) if p.phrases]
    shares, spearmans = {}, {}
    for name, encoder in {"base": Encoder(source), "tuned": Encoder(source, tuned)}.items():
        session = artifact(data, encoder, tokenise)
        shares[name] = np.array([hit_share(session, tokenise, p) for p in papers])
        spearmans[name] = stsb_spearman(data, tokenise, lambda ids: embed(session, [ids])[0])
        print(f"{name}: {shares[name].mean():.4f} of the ten best phrases hit, STS-B dev {spearmans[name]:.4f}", flush=True)
    low, high = interval(shares["tuned"] - shares["base"])
    fit = spearmans["tuned"] >= MIN_SPEARMAN
    return {
        "measure": f"share of the {BEST} best phrases whose stems all stand in one summary, SciTLDR dev, {len(papers)} papers, int8",
        "base": round(float(shares["base"].mean()), 4),
        "tuned": round(float(shares["tuned"].mean()), 4),
        "difference_95": [low, high],
        "stsb_dev_spearman_base": round(spearmans["base"], 4),
        "stsb_dev_spearman_tuned": round(spearmans["tuned"], 4),
        "ships": "tuned" if low > 0 and fit else "base",
    }
