"""Trains the classifier: `DATA_DIR=… python train.py [--threads 1] [--only warm final]`.

Three steps. `warm` starts from all-MiniLM-L6-v2 and sees everything but sentence polarity. `fold0` to `fold4` start from
warm, see four fifths of sentence polarity and are measured on the fifth. `final` starts from warm, sees all of it by the
same recipe, and is what ships. Every epoch ends with a measurement and a checkpoint, from which the same command goes on
after a stop. The weights of a run are build/<run>/model.safetensors.
"""

import argparse
import json
import math
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file, save_file
from torch.nn import functional
from tqdm import tqdm

HERE = Path(__file__).parent
RESULT = HERE / "result.json"
sys.path[:0] = [str(HERE.parent / "compile"), str(HERE.parents[2] / "compile")]

from data import FOLDS, NEUTRAL, SEED, Example, data_directory, folds, sentence_polarity, tweets_dev  # noqa: E402
from encoder.reference import Encoder, open_tokeniser, package_directory  # noqa: E402
from examples import Pool, batches  # noqa: E402
from model import TorchClassifier  # noqa: E402
from score import accuracy_of_two, recalls  # noqa: E402

MAX_TOKENS, BATCH_TOKENS = 96, 1000
WARM_UP, WEIGHT_DECAY, DROPOUT, SMOOTHING = 0.06, 0.01, 0.1, 0.05
TWEETS, PLOTS = 1500, 800  # of an epoch after warm: the model is not to forget them


@dataclass(frozen=True)
class Run:
    name: str
    epochs: int
    encoder_rate: float
    """Peak learning rates of the pretrained weights and of the head."""
    head_rate: float
    examples: Callable[[random.Random], list[Example]]
    """Those of an epoch."""
    dev: dict[str, list[Example]] = field(default_factory=dict)
    start: str | None = None
    """Run whose weights it starts from; None: the base."""
    consistency: float = 0
    """What it costs that two passes over a text, each with its own dropout, differ (R-Drop, Liang et al. 2021); 0: one pass."""


def runs_of(data: Path) -> list[Run]:
    pool, polarity, tweets = Pool(data), sentence_polarity(data), {"tweets": tweets_dev(data)}
    parts = folds(polarity)

    def tuned(name: str, seen: list[Example], dev: dict[str, list[Example]]) -> Run:
        return Run(name, 3, 8e-5, 2e-4, lambda draw: seen + pool.some(TWEETS, PLOTS, draw), dev, "warm", consistency=1)

    held_out = [
        tuned(f"fold{i}", [example for j in range(FOLDS) if j != i for example in parts[j]], {"polarity": parts[i]} | tweets)
        for i in range(FOLDS)
    ]
    warm = Run("warm", 1, 1e-4, 1e-3, pool.warm, {"polarity": polarity} | tweets)
    return [warm, tuned("final", polarity, tweets), *held_out]


def rate_factor(done: float) -> float:
    """Linear warm-up, then half a cosine down to 0. @param done share of all steps"""
    return done / WARM_UP if done < WARM_UP else 0.5 * (1 + math.cos(math.pi * (done - WARM_UP) / (1 - WARM_UP)))


def optimiser_of(model: TorchClassifier, run: Run) -> torch.optim.Optimizer:
    learned = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    groups = [
        {"params": [p for name, p in learned if name.startswith("head.") == is_head], "peak": peak}
        for is_head, peak in ((False, run.encoder_rate), (True, run.head_rate))
    ]
    return torch.optim.AdamW(groups, lr=0.0, weight_decay=WEIGHT_DECAY, fused=True)


def loss_of(model: TorchClassifier, rows: list[list[int]], labels: torch.Tensor, consistency: float) -> torch.Tensor:
    with torch.autocast(labels.device.type, torch.bfloat16):
        passes = [model(rows) for _ in range(2 if consistency else 1)]
    loss = sum(functional.cross_entropy(logits, labels, label_smoothing=SMOOTHING) for logits in passes) / len(passes)
    if consistency:
        one, other = (logits.log_softmax(-1) for logits in passes)
        apart = sum(functional.kl_div(a, b, reduction="batchmean", log_target=True) for a, b in ((one, other), (other, one)))
        loss = loss + consistency * apart / 4
    return loss


def train_epoch(model: TorchClassifier, optimiser, run: Run, epoch: int, tokeniser) -> float:
    """One pass over the examples of an epoch. @returns mean loss"""
    draw = random.Random(f"{SEED} {run.name} {epoch}")
    torch.manual_seed(SEED + epoch)
    model.train()
    device, losses = model.head.weight.device, []
    made = batches(run.examples(draw), tokeniser, BATCH_TOKENS, draw)
    for step, (rows, labels) in enumerate(tqdm(made, f"{run.name}, epoch {epoch + 1} of {run.epochs}", mininterval=5)):
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * rate_factor((epoch + (step + 1) / len(made)) / run.epochs)
        loss = loss_of(model, rows, torch.tensor(labels, device=device), run.consistency)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        losses.append(loss.detach())
    return float(torch.stack(losses).mean())


@torch.inference_mode()
def logits_of(model: TorchClassifier, tokeniser, texts: list[str]) -> np.ndarray:
    """`[n, classes]`, texts of like length together."""
    model.eval()
    rows = [encoding.ids for encoding in tokeniser.encode_batch(texts)]
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    answers = np.zeros((len(rows), model.head.out_features), np.float32)
    for start in range(0, len(order), 32):
        chosen = order[start : start + 32]
        with torch.autocast(model.head.weight.device.type, torch.bfloat16):
            answers[chosen] = model([rows[i] for i in chosen]).cpu().numpy()
    return answers


def measure(model: TorchClassifier, tokeniser, dev: dict[str, list[Example]]) -> dict:
    """Of polarity, negative against positive; of tweets, the three as they come, not calibrated."""
    scores = {}
    for name, examples in dev.items():
        logits = logits_of(model, tokeniser, [example.text for example in examples])
        labels = [example.label for example in examples]
        if NEUTRAL in labels:
            each = recalls(logits.argmax(1), labels)
            scores[name] = {"macro_recall": round(float(np.mean(each)), 4), "recalls": [round(one, 4) for one in each]}
        else:
            scores[name] = {"accuracy": round(accuracy_of_two(logits, labels), 4)}
    return scores


def weights_of(run: Run, source: Path) -> tuple[Encoder, dict[str, np.ndarray] | None]:
    """Where a run starts: the base, or the weights of another run, head included."""
    if run.start is None:
        return Encoder(source), None
    weights = load_file(HERE / "build" / run.start / "model.safetensors")
    return Encoder(source, {name: value for name, value in weights.items() if not name.startswith("head.")}), weights


def save(path: Path, write: Callable[[Path], None]) -> None:
    """Whole or not at all."""
    write(path.with_suffix(".partial"))
    path.with_suffix(".partial").rename(path)


def complete(run: Run, source: Path, tokeniser, device: str) -> list[dict]:
    """Trains a run to its end, from its checkpoint where there is one. @returns its curve"""
    out = HERE / "build" / run.name
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    encoder, start = weights_of(run, source)
    model = TorchClassifier(encoder, DROPOUT).to(device)
    if start:
        model.head.load_state_dict({part: torch.from_numpy(start[f"head.{part}"]) for part in ("weight", "bias")})
    optimiser, curve = optimiser_of(model, run), []
    checkpoint = out / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device, weights_only=True)
        model.load_state_dict(saved["model"])
        optimiser.load_state_dict(saved["optimiser"])
        curve = saved["curve"]
    for epoch in range(len(curve), run.epochs):
        started = time.monotonic()
        loss = train_epoch(model, optimiser, run, epoch, tokeniser)
        minutes = round((time.monotonic() - started) / 60, 1)
        curve.append({"epoch": epoch + 1, "loss": round(loss, 4), "minutes": minutes, "dev": measure(model, tokeniser, run.dev)})
        print(run.name, json.dumps(curve[-1]), flush=True)
        save(out / "model.safetensors", lambda file: save_file(model.to_numpy(), file))
        state = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "curve": curve}
        save(checkpoint, lambda file: torch.save(state, file))
    return curve


def record(name: str, curve: list[dict]) -> None:
    """Writes the curve of a run to result.json beside those of the others: the model card quotes it."""
    result = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    result[name] = curve
    of_folds = [result[f"fold{i}"][-1]["dev"]["polarity"]["accuracy"] for i in range(FOLDS) if f"fold{i}" in result]
    if len(of_folds) == FOLDS:
        result["five_folds"] = {"accuracy": round(float(np.mean(of_folds)), 4), "each": of_folds}
    RESULT.write_text(json.dumps(result, indent=1) + "\n")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--threads", type=int, help="CPU threads; default: one a core")
    arguments.add_argument("--only", nargs="+", help="names of runs; default: all")
    chosen = arguments.parse_args()
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    data, source = data_directory(), package_directory()
    tokeniser = open_tokeniser(source, MAX_TOKENS)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    for run in runs_of(data):
        if not chosen.only or run.name in chosen.only:
            record(run.name, complete(run, source, tokeniser, device))


if __name__ == "__main__":
    main()
