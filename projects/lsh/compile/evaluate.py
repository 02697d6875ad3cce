"""Draws precision and recall of the bands over the threshold: `DATA_DIR=… python evaluate.py` writes ../precision_recall.png.

The counting is done by evaluate.js, with the code that serves.
"""

import json
import subprocess
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

HERE = Path(__file__).parent


def main() -> None:
    counted = subprocess.run(["node", HERE / "evaluate.js"], stdout=subprocess.PIPE, check=True).stdout
    (HERE / "result.json").write_bytes(counted)
    result = json.loads(counted)
    draw(result)
    for curve in result["curves"]:
        print(f"shingles of {curve['size']}: threshold, pairs above, precision, recall")
        for point in curve["points"]:
            print(f"  {point['threshold']:.2f} {point['above']:6} {precision(point):.3f} {recall(point):.3f}")


def precision(point: dict) -> float:
    candidates = point["found"] + point["wrong"]
    return point["found"] / candidates if candidates else float("nan")


def recall(point: dict) -> float:
    return point["found"] / point["above"] if point["above"] else float("nan")


def draw(result: dict) -> None:
    figure, panels = plt.subplots(1, len(result["curves"]), figsize=(9, 4), sharey=True, layout="constrained")
    for axes, curve in zip(panels, result["curves"]):
        thresholds = [point["threshold"] for point in curve["points"]]
        axes.plot(thresholds, [precision(point) for point in curve["points"]], marker=".", label="precision")
        axes.plot(thresholds, [recall(point) for point in curve["points"]], marker=".", label="recall")
        axes.set(xlabel="threshold", title=f"shingles of {curve['size']} word{'s' if curve['size'] > 1 else ''}", xlim=(0, 1), ylim=(0, 1.02))
        axes.grid(alpha=0.3)
    panels[0].set_ylabel("of candidates, against exact Jaccard ≥ threshold")
    panels[0].legend(loc="lower right")
    figure.suptitle(f"lsh: {result['left']:,} × {result['right']:,} product names, {result['permutations']} permutations")
    figure.savefig(HERE.parent / "precision_recall.png", dpi=110)


if __name__ == "__main__":
    main()
