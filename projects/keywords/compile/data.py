"""Texts of DATA_DIR, drawn by a seed; calibration, measurement and parity never share a text."""

import csv
import json
import random
from pathlib import Path

SEED = 20240501


def scitldr(data: Path, split: str) -> list[dict]:
    return [json.loads(line) for line in (data / f"summarization/scitldr_a/{split}.jsonl").open(encoding="utf-8")]


def stsb(data: Path, split: str) -> list[tuple[str, str, float]]:
    with (data / f"similarity/stsb/en-{split}.csv").open(encoding="utf-8", newline="") as file:
        return [(a, b, float(score)) for a, b, score in csv.reader(file)]


def calibration_texts(data: Path) -> list[str]:
    """Abstracts, sentences and short phrases of the training splits: the lengths that serving sees."""
    draw = random.Random(SEED)
    papers = draw.sample(scitldr(data, "train"), 120)
    sentences = [pair[0] for pair in draw.sample(stsb(data, "train"), 150)]
    abstracts = [" ".join(paper["source"]) for paper in papers]
    phrases = []
    for text in draw.sample(abstracts, 100):
        words = text.split()
        start = draw.randrange(max(1, len(words) - 3))
        phrases.append(" ".join(words[start : start + draw.randint(1, 3)]))
    return abstracts + sentences + phrases


def measured_sentences(data: Path, count: int = 1_000) -> list[str]:
    """Sentences of the dev splits, disjoint from calibration."""
    pool = [sentence for paper in scitldr(data, "dev") for sentence in paper["source"]]
    pool += [sentence for pair in stsb(data, "dev") for sentence in pair[:2]]
    return random.Random(SEED + 1).sample(sorted(set(pool)), count)


def parity_texts(data: Path) -> list[str]:
    draw = random.Random(SEED + 2)
    papers = draw.sample(scitldr(data, "dev"), 15)
    pairs = draw.sample(stsb(data, "dev"), 12)
    return [" ".join(paper["source"]) for paper in papers] + [pair[0] for pair in pairs]
