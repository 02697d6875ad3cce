"""Makes the folder of SENTIMENT-COMPILED: `DATA_DIR=… python compile.py [--weights …] [--out build/SENTIMENT-COMPILED]`.

Classifier to ONNX, calibrated, quantised, compared with float32. The folder appears when everything is done. The answers
of the finished artifact (`test_files/predictions.json`) are recorded by the TypeScript that serves it; its scores come
from evaluate.py.
"""

import argparse
import json
import shutil
import sys
import time
from pathlib import Path

from safetensors.numpy import load_file

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[2] / "compile"))

import card  # noqa: E402
import layer  # noqa: E402
import parity  # noqa: E402
from calibration import calibration_texts  # noqa: E402
from classifier import MAX_TOKENS, Classifier, compiled, logits_of  # noqa: E402
from data import LABELS, SEED, columns, data_directory, tweets_dev  # noqa: E402
from score import table  # noqa: E402

from encoder.artifact import copy_tokeniser, write_version  # noqa: E402
from encoder.reference import open_tokeniser, package_directory, softmax  # noqa: E402
from encoder.session import invariance, open_session, speed_ratio  # noqa: E402

MAX_BYTES, MAX_LOSS, MAX_VARIANCE = 25_000_000, 0.01, 1e-5


def progress(text: str, started: float = time.monotonic()) -> None:
    print(f"{time.monotonic() - started:6.0f} s  {text}", flush=True)


def measure(data: Path, tokeniser, models: dict[str, bytes], rows: list[list[int]]) -> dict:
    texts, labels = columns(tweets_dev(data))
    session, float_session = open_session(models["int8"]), open_session(models["fp32"])
    return {
        **{f"tweets_{name}": table(softmax(logits_of(model, tokeniser, texts)), labels) for name, model in models.items()},
        "invariance_max_difference": invariance(session, {"input_ids": rows[:100]}, SEED),
        "speed_int8_to_fp32": round(speed_ratio(session, float_session, {"input_ids": rows[:100]}), 2),
        "bytes": len(models["int8"]),
    }


def check(measured: dict) -> None:
    """Refuses an artifact that misses what is promised of it."""
    loss = measured["tweets_fp32"]["macro_recall"] - measured["tweets_int8"]["macro_recall"]
    faults = [
        f"macro recall lost by quantisation {loss:.4f}, at most {MAX_LOSS}" * (loss > MAX_LOSS),
        f"an answer varies by {measured['invariance_max_difference']}" * (measured["invariance_max_difference"] > MAX_VARIANCE),
    ]
    if any(faults):
        sys.exit("The artifact is not good enough: " + "; ".join(filter(None, faults)))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--out", type=Path, default=HERE / "build" / "SENTIMENT-COMPILED")
    arguments.add_argument("--weights", type=Path, default=HERE.parent / "train/build/final/model.safetensors")
    chosen = arguments.parse_args()
    if not chosen.weights.exists():
        sys.exit(f"There are no weights at {chosen.weights}: train first (projects/sentiment/train/README.md), or name others with --weights.")
    data, source = data_directory(), package_directory()
    classifier, tokeniser = Classifier(source, load_file(chosen.weights)), open_tokeniser(source, MAX_TOKENS)
    rows = [encoding.ids for encoding in tokeniser.encode_batch(calibration_texts(data))]

    progress("fitting the calibration layer")
    fitted = layer.calibrate(classifier, tokeniser, tweets_dev(data))
    progress("quantising and measuring")
    models = compiled(classifier, rows)
    measured = measure(data, tokeniser, models, rows)
    print(json.dumps(measured, indent=2))
    check(measured)
    progress("writing parity cases")
    cases = parity.build(data, classifier, tokeniser, models["int8"])

    def fill(folder: Path) -> None:
        (folder / "model_artifacts/model.onnx").write_bytes(models["int8"])
        copy_tokeniser(source, folder)
        settings = {"labels": LABELS, "max_tokens": MAX_TOKENS}
        (folder / "model_artifacts/classifier.json").write_text(json.dumps(settings, indent=2) + "\n")
        scores = {key: value for key, value in measured.items() if not key.startswith("tweets_")}
        (folder / "model_card.json").write_text(json.dumps(card.build(scores, fitted), indent=2) + "\n")
        (folder / "test_files/parity.json").write_text(json.dumps({"tolerance": card.TOLERANCE, "cases": cases}))
        shutil.copy(HERE / "requests.json", folder / "test_files/requests.json")
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        if size > MAX_BYTES:
            sys.exit(f"The version has {size} bytes, at most {MAX_BYTES} may be registered.")

    write_version(chosen.out, fill)
    chosen.out.with_suffix(".float32.onnx").write_bytes(models["fp32"])
    progress(f"wrote {chosen.out}")


if __name__ == "__main__":
    main()
