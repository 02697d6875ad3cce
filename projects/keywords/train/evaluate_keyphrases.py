"""Compares the base with a tuned encoder, both as int8 artifacts, and decides which one ships.

Measure: share of the ten phrases nearest to the document whose stemmed words all stand in one human summary (SciTLDR dev).
The tuned encoder ships when the 95 % bootstrap interval of the paired difference lies above 0 and STS-B dev stays good.
One word hits more easily than three, so the measure is also taken among phrases of one length, and for a ranking without
an encoder: the phrases that stand in the document most often. `DATA_DIR=… python evaluate_keyphrases.py` measures
build/model.safetensors again and keeps what result.json says of its training.
"""

import json
import os
import re
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "compile"), str(HERE.parents[2] / "compile")]

from compile import MIN_SPEARMAN  # noqa: E402
from data import SEED, calibration_texts, scitldr  # noqa: E402
from evaluate import embed, stsb_spearman  # noqa: E402
from keyphrases import MAX_WORDS, Paper, paper  # noqa: E402
from sentence_encoder import MAX_TOKENS, SentenceEncoder, sentence_graph  # noqa: E402

from encoder.calibrate import calibrate  # noqa: E402
from encoder.reference import open_tokeniser, package_directory  # noqa: E402
from encoder.session import open_session, run_rows  # noqa: E402

BEST = 10
ROWS = 64  # phrases of equal length in one call
RESAMPLES = 2_000


def artifact(data: Path, encoder: SentenceEncoder, tokenise):
    """A session of the int8 artifact that this encoder would ship as."""
    ranges = calibrate(encoder, [tokenise(text) for text in calibration_texts(data)])
    return open_session(sentence_graph(encoder, ranges).SerializeToString())


def embed_all(session, rows: list[list[int]]) -> np.ndarray:
    vectors = np.empty((len(rows), 384), np.float32)
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    for start in range(0, len(order), ROWS):
        chosen = order[start : start + ROWS]
        vectors[chosen] = run_rows(session, {"input_ids": [rows[i] for i in chosen]})
    return vectors


def similarities(session, tokenise, chosen: Paper) -> np.ndarray:
    """Cosine of every phrase with the document."""
    vectors = embed_all(session, [tokenise(phrase) for phrase in chosen.phrases])
    return vectors @ embed(session, tokenise(chosen.document))


def occurrences(chosen: Paper) -> np.ndarray:
    """How often every phrase stands in the document."""
    text = " ".join(chosen.document.lower().split())
    return np.array([len(re.findall(rf"(?<![\w'-]){re.escape(phrase)}(?![\w'-])", text)) for phrase in chosen.phrases])


def best(chosen: Paper, scores: np.ndarray, length: int | None = None) -> list[int]:
    """The BEST phrases by score, all of `length` words if given; of equal ones the earlier."""
    order = np.argsort(-scores, kind="stable")
    return [i for i in order if length is None or len(chosen.phrases[i].split()) == length][:BEST]


def hit_share(chosen: Paper, picked: list[int]) -> float:
    return float(np.mean([chosen.hits[i] for i in picked])) if picked else 0.0


def hit_shares(papers: list[Paper], scores: list[np.ndarray], length: int | None = None) -> np.ndarray:
    return np.array([hit_share(p, best(p, s, length)) for p, s in zip(papers, scores)])


def mean_words(papers: list[Paper], scores: list[np.ndarray]) -> float:
    return round(float(np.mean([len(p.phrases[i].split()) for p, s in zip(papers, scores) for i in best(p, s)])), 2)


def compared(shares: dict[str, np.ndarray]) -> dict:
    means = {name: round(float(values.mean()), 4) for name, values in shares.items()}
    return means | {"difference_95": list(interval(shares["tuned"] - shares["base"]))}


def interval(differences: np.ndarray) -> tuple[float, float]:
    """95 % bootstrap interval of the mean."""
    draw = np.random.default_rng(SEED)
    means = [differences[draw.integers(0, len(differences), len(differences))].mean() for _ in range(RESAMPLES)]
    low, high = np.quantile(means, [0.025, 0.975])
    return round(float(low), 4), round(float(high), 4)


def decide(data: Path, source: Path, tuned: dict[str, np.ndarray], tokenise) -> dict:
    papers = [p for p in map(paper, scitldr(data, "dev")) if p.phrases]
    scores, spearmans = {}, {}
    for name, encoder in {"base": SentenceEncoder(source), "tuned": SentenceEncoder(source, tuned)}.items():
        session = artifact(data, encoder, tokenise)
        scores[name] = [similarities(session, tokenise, p) for p in papers]
        spearmans[name] = stsb_spearman(data, tokenise, lambda ids: embed(session, ids))
        print(f"{name}: {hit_shares(papers, scores[name]).mean():.4f} of the ten best phrases hit, STS-B dev {spearmans[name]:.4f}", flush=True)
    overall = compared({name: hit_shares(papers, found) for name, found in scores.items()})
    fit = spearmans["tuned"] >= MIN_SPEARMAN
    return {
        "measure": f"share of the {BEST} best phrases whose stems all stand in one summary, SciTLDR dev, {len(papers)} papers, int8",
        **overall,
        "most_frequent_phrases": round(float(hit_shares(papers, [occurrences(p) for p in papers]).mean()), 4),
        "mean_words": {name: mean_words(papers, found) for name, found in scores.items()},
        "by_words": {
            str(length): compared({name: hit_shares(papers, found, length) for name, found in scores.items()})
            | {"most_frequent_phrases": round(float(hit_shares(papers, [occurrences(p) for p in papers], length).mean()), 4)}
            for length in range(1, MAX_WORDS + 1)
        },
        "stsb_dev_spearman_base": round(spearmans["base"], 4),
        "stsb_dev_spearman_tuned": round(spearmans["tuned"], 4),
        "ships": "tuned" if overall["difference_95"][0] > 0 and fit else "base",
    }


def main() -> None:
    data, source, result = Path(os.environ["DATA_DIR"]), package_directory(), HERE / "result.json"
    tokeniser = open_tokeniser(source, MAX_TOKENS)
    trained = {key: json.loads(result.read_text())[key] for key in ("minutes", "steps")}
    tuned = load_file(HERE / "build" / "model.safetensors")
    made = trained | decide(data, source, tuned, lambda text: tokeniser.encode(text).ids)
    result.write_text(json.dumps(made, indent=2) + "\n")
    print(json.dumps(made, indent=2))


if __name__ == "__main__":
    main()
