"""Trains the tagger: `DATA_DIR=… python train.py [--epochs 6] [--without-case]`.

Every epoch ends with a measurement on the dev sets and a checkpoint, from which the same command goes on after a stop.
Measured and kept are the averaged weights (exponential moving average); the best epoch by the mean F1 of Universal NER
dev and of the second half of Broad Twitter section h becomes build/<run>/model.safetensors.
"""

import argparse
import json
import math
import random
import sys
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from tqdm import tqdm

HERE = Path(__file__).parent
RESULT = HERE / "result.json"
sys.path[:0] = [str(HERE.parent / "compile"), str(HERE.parents[2] / "compile")]

from data import SEED, data_directory, dev, training  # noqa: E402
from encoder.reference import Encoder, open_tokeniser, package_directory  # noqa: E402
from encoder.torch_encoder import padded  # noqa: E402
from examples import IGNORED, Example, Mentions, batches, example, replaced, row, varied  # noqa: E402
from gazetteer import names  # noqa: E402
from model import TorchTagger  # noqa: E402
from score import Labelled, labelled, predicted, table  # noqa: E402
from text import Gazetteer  # noqa: E402

BATCH_TOKENS = 900
ENCODER_RATE, NEW_RATE = 1.2e-4, 1e-3  # peak learning rates: of the pretrained weights; of the features and the head
WARM_UP, WEIGHT_DECAY, DROPOUT, AVERAGING = 0.06, 0.01, 0.1, 0.998
WHOLE = 1_000_000  # tokens: texts are never cut


def rate_factor(done: float) -> float:
    """Linear warm-up, then half a cosine down to 0. @param done share of all steps"""
    return done / WARM_UP if done < WARM_UP else 0.5 * (1 + math.cos(math.pi * (done - WARM_UP) / (1 - WARM_UP)))


def optimiser_of(model: TorchTagger) -> torch.optim.Optimizer:
    new = {"case", "lists", "head.weight", "head.bias"}
    groups = [
        {"params": [p for name, p in model.named_parameters() if (name in new) == is_new], "peak": peak}
        for is_new, peak in ((False, ENCODER_RATE), (True, NEW_RATE))
    ]
    return torch.optim.AdamW(groups, weight_decay=WEIGHT_DECAY, fused=True)


def train_epoch(model: TorchTagger, averaged: dict[str, torch.Tensor], optimiser, epoch_examples, epoch: int, epochs: int) -> float:
    """One pass over all examples. @param epoch_examples makes them from a draw @returns mean loss"""
    draw = random.Random(f"{SEED} {epoch}")
    torch.manual_seed(SEED + epoch)
    model.train()
    device, losses = model.case.device, []
    made = batches([row(chosen) for chosen in varied(epoch_examples(draw), draw)], BATCH_TOKENS, draw)
    for step, batch in enumerate(tqdm(made, f"epoch {epoch + 1} of {epochs}", mininterval=5)):
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * rate_factor((epoch + (step + 1) / len(made)) / epochs)
        ids, features, labels = zip(*batch)
        with torch.autocast(device.type, torch.bfloat16):
            logits = model(list(ids), list(features))
        wanted = padded(list(labels), IGNORED).to(device)
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=IGNORED)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        with torch.no_grad():
            for name, value in model.named_parameters():
                averaged[name].lerp_(value, 1 - AVERAGING)
        losses.append(loss.detach())
    return float(torch.stack(losses).mean())


def runner(model: TorchTagger):
    """Logits of rows, as `windows.word_logits` wants them: float32, rows of like length together."""

    @torch.inference_mode()
    def run(rows: list[list[int]], features: list[list[int]]) -> list[np.ndarray]:
        model.eval()
        answers: list[np.ndarray] = [np.empty(0)] * len(rows)
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        for start in range(0, len(order), 32):
            chosen = order[start : start + 32]
            logits = model([rows[i] for i in chosen], [features[i] for i in chosen]).cpu().numpy()
            for i, answer in zip(chosen, logits):
                answers[i] = answer[: len(rows[i])]
        return answers

    return run


def measure(model: TorchTagger, sets: dict[str, list[Labelled]], tokeniser, gazetteer: Gazetteer) -> dict:
    run = runner(model)
    return {
        name: table(sentences, predicted([s.text for s in sentences], tokeniser, gazetteer, run))
        for name, sentences in sets.items()
    }


def chosen_by(scores: dict) -> float:
    return (scores["uner_en_ewt"]["all"]["f1"] + scores["btc"]["all"]["f1"]) / 2


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--epochs", type=int, default=6)
    arguments.add_argument("--stop-after", type=int, help="stop after this epoch of the schedule; a later run goes on")
    arguments.add_argument("--without-case", action="store_true", help="ablation: the model does not see the case of words")
    arguments.add_argument("--threads", type=int, help="CPU threads; default: one a core")
    chosen = arguments.parse_args()
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    data, source = data_directory(), package_directory()
    out = HERE / "build" / ("without_case" if chosen.without_case else "with_case")
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    tokeniser = open_tokeniser(source, WHOLE)
    listed = names(data)
    gazetteer = Gazetteer.tokenised(listed, tokeniser)
    sentences = [sentence for of_set in training(data).values() for sentence in of_set]
    mentions = Mentions(sentences, listed)

    def epoch_examples(draw: random.Random) -> list[Example]:
        return [example(replaced(sentence, mentions, draw), tokeniser, gazetteer) for sentence in sentences]

    sets = {name: [labelled(sentence) for sentence in of_set] for name, of_set in dev(data).items()}
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = TorchTagger(Encoder(source), not chosen.without_case, DROPOUT).to(device)
    optimiser = optimiser_of(model)
    averaged = {name: value.detach().clone() for name, value in model.named_parameters()}
    curve: list[dict] = []
    checkpoint = out / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device, weights_only=True)
        if saved["epochs"] != chosen.epochs:
            sys.exit(f"{checkpoint} belongs to a run of {saved['epochs']} epochs: remove it, or ask for as many.")
        model.load_state_dict(saved["model"])
        optimiser.load_state_dict(saved["optimiser"])
        averaged, curve = saved["averaged"], saved["curve"]
        print(f"goes on after epoch {len(curve)}", flush=True)
    for epoch in range(len(curve), min(chosen.epochs, chosen.stop_after or chosen.epochs)):
        started = time.monotonic()
        loss = train_epoch(model, averaged, optimiser, epoch_examples, epoch, chosen.epochs)
        current = {name: value.detach().clone() for name, value in model.named_parameters()}
        model.load_state_dict(averaged)
        scores = measure(model, sets, tokeniser, gazetteer)
        curve.append({"epoch": epoch + 1, "loss": round(loss, 4), "minutes": round((time.monotonic() - started) / 60, 1), "dev": scores})
        print(json.dumps({name: kinds["all"] for name, kinds in scores.items()}), flush=True)
        if chosen_by(scores) == max(chosen_by(past["dev"]) for past in curve):
            save_file(model.to_numpy(), out / "model.safetensors.partial")
            (out / "model.safetensors.partial").rename(out / "model.safetensors")
        model.load_state_dict(current)
        state = {"epochs": chosen.epochs, "model": current, "averaged": averaged, "optimiser": optimiser.state_dict(), "curve": curve}
        torch.save(state, checkpoint.with_suffix(".partial"))
        checkpoint.with_suffix(".partial").rename(checkpoint)
    record(out.name, curve)


def record(run: str, curve: list[dict]) -> None:
    """Writes the curve of a run to result.json beside those of other runs: the model card quotes it."""
    result = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    best = max(curve, key=lambda past: chosen_by(past["dev"]))
    result[run] = {"best_epoch": best["epoch"], "epochs": curve}
    RESULT.write_text(json.dumps(result, indent=1) + "\n")
    print(f"best: epoch {best['epoch']}, {json.dumps(best['dev'], indent=1)}")


if __name__ == "__main__":
    main()
