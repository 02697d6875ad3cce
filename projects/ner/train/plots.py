"""Draws learning_curve.png from result.json, and reliability.png from a model card: `python plots.py [version folder]`."""

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

HERE = Path(__file__).parent
SETS = {"uner_en_ewt": "Universal NER dev", "btc": "Broad Twitter h, second half", "wnut17": "WNUT-17 dev"}
NAMES = {"uner_en_ewt": "Universal NER", "btc": "Broad Twitter h", "wnut17": "WNUT-17"}
COLOURS = {"uner_en_ewt": "tab:blue", "btc": "tab:orange", "wnut17": "tab:green"}
LEAST = 10  # entities of a point of the reliability plot
RUNS = {"with_case": "-", "without_case": ":"}


def learning_curve(result: dict) -> None:
    figure, axes = plt.subplots(figsize=(7, 4.8), layout="constrained")
    for name, title in SETS.items():
        for run, style in RUNS.items():
            epochs = result.get(run, {}).get("epochs", [])
            label = title if run == "with_case" else f"{title}, no case"
            axes.plot([e["epoch"] for e in epochs], [e["dev"][name]["all"]["f1"] for e in epochs], style, color=COLOURS[name], marker=".", label=label)
    best = result["with_case"]["best_epoch"]
    axes.axvline(best, color="grey", linewidth=0.8)
    axes.annotate(" kept", (best, axes.get_ylim()[0]), color="grey", va="bottom")
    axes.set(xlabel="epoch", ylabel="F1, exact span and type", title="ner: F1 of the averaged weights on the dev sets")
    axes.grid(alpha=0.3)
    figure.legend(fontsize=8, ncols=3, loc="outside lower center")
    figure.savefig(HERE.parent / "learning_curve.png", dpi=110)


def reliability(card: dict) -> None:
    figure, axes = plt.subplots(figsize=(5.6, 4.6), layout="constrained")
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    for split, marker in (("dev", "o"), ("test", "^")):
        for name, one in card["scores"][f"reliability_{split}"].items():
            points = [(b["mean_score"], b["share_right"]) for b in one["bins"] if b["entities"] >= LEAST]
            title = f"{NAMES[name]}, {split}: {one['expected_calibration_error']:.3f}"
            axes.plot(*zip(*points), marker=marker, linestyle="-" if split == "test" else ":", color=COLOURS[name], alpha=0.8, label=title)
    axes.set(xlabel="score of the entity", ylabel="share of right entities", title="ner: score against truth (expected calibration error)", xlim=(0, 1.03), ylim=(0, 1.03))
    axes.grid(alpha=0.3)
    axes.legend(fontsize=7)
    figure.savefig(HERE.parent / "reliability.png", dpi=110)


if __name__ == "__main__":
    version = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent / "compile/build/NER-COMPILED"
    learning_curve(json.loads((HERE / "result.json").read_text()))
    reliability(json.loads((version / "model_card.json").read_text()))
