"""Draws learning_curve.png from result.json, and reliability.png from a model card: `python plots.py [version folder]`."""

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

HERE = Path(__file__).parent
FOLDS = [f"fold{i}" for i in range(5)]  # those of result.json are drawn
LEAST = 10  # texts of a point of the reliability plot


def learning_curve(result: dict) -> None:
    """Epochs of warm and of what starts from it, one after the other."""
    figure, axes = plt.subplots(figsize=(7, 4.4), layout="constrained")
    warm = result["warm"]
    curves = [("polarity, each fold", "accuracy", "polarity", FOLDS, "tab:blue"), ("TweetEval val, not calibrated", "macro_recall", "tweets", ["final"], "tab:orange")]
    for title, score, name, runs, colour in curves:
        for i, run in enumerate(run for run in runs if run in result):
            points = [(e["epoch"] - len(warm), e["dev"][name][score]) for e in warm] + [(e["epoch"], e["dev"][name][score]) for e in result[run]]
            axes.plot(*zip(*points), marker=".", color=colour, alpha=0.8, label=f"{title}: {score.replace('_', ' ')}" if i == 0 else None)
    axes.axvline(0, color="grey", linewidth=0.8)
    axes.annotate(" after warm: with sentence polarity", (0, axes.get_ylim()[0]), color="grey", va="bottom")
    axes.set(xlabel="epoch", ylabel="share", title="sentiment: scores on texts that the run has not seen")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    figure.savefig(HERE.parent / "learning_curve.png", dpi=110)


def reliability(card: dict) -> None:
    figure, axes = plt.subplots(figsize=(5.2, 4.4), layout="constrained")
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    one = card["scores"]["reliability_cross_fitted"]
    bins = [b for b in one["bins"] if b["texts"] >= LEAST]
    axes.plot([b["mean_probability"] for b in bins], [b["share_right"] for b in bins], marker="o")
    for b in bins:
        axes.annotate(f"{b['texts']} texts", (b["mean_probability"], b["share_right"]), xytext=(6, -10), textcoords="offset points", fontsize=8)
    title = f"sentiment: TweetEval val, cross-fitted\nexpected calibration error {one['expected_calibration_error']:.3f}"
    axes.set(xlabel="probability of the answer", ylabel="share of right answers", title=title, xlim=(0.25, 1.05), ylim=(0.25, 1.03))
    axes.grid(alpha=0.3)
    figure.savefig(HERE.parent / "reliability.png", dpi=110)


if __name__ == "__main__":
    version = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent / "compile/build/SENTIMENT-COMPILED"
    learning_curve(json.loads((HERE / "result.json").read_text()))
    reliability(json.loads((version / "model_card.json").read_text()))
