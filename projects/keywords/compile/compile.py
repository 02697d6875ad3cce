"""Makes the folder of KEYWORDS-COMPILED: `DATA_DIR=… python compile.py [--out build/KEYWORDS-COMPILED]`.

Encoder to ONNX, calibrated, quantised, measured. Everything is written to a temporary folder that is renamed at the end.
The answers of the finished artifact (`test_files/predictions.json`) are recorded by the TypeScript that serves it.
"""

import argparse
import json
import os
import shutil
import sys
import time
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[2] / "compile"))

import card  # noqa: E402
import parity  # noqa: E402
from data import calibration_texts  # noqa: E402
from evaluate import embed, scores  # noqa: E402
from sentence_encoder import MAX_TOKENS, SentenceEncoder, sentence_graph  # noqa: E402

from encoder.artifact import copy_tokeniser, write_version  # noqa: E402
from encoder.calibrate import calibrate  # noqa: E402
from encoder.reference import open_tokeniser, package_directory  # noqa: E402
from encoder.session import open_session  # noqa: E402

PARITY_MARGIN = 0.01  # int8 rounds differently on CPUs without VNNI; below this the artifact is wrong, not different
MAX_BYTES, MIN_SPEARMAN, MAX_SPEARMAN_LOSS, MAX_VARIANCE = 25_000_000, 0.80, 0.015, 1e-5


def progress(text: str, started: float = time.monotonic()) -> None:
    print(f"{time.monotonic() - started:6.0f} s  {text}", flush=True)


def check(measured: dict) -> None:
    """Refuses an artifact that misses what is promised of it."""
    loss = measured["stsb_dev_spearman_fp32"] - measured["stsb_dev_spearman_int8"]
    faults = [
        f"{measured['bytes']} bytes, at most {MAX_BYTES}" * (measured["bytes"] > MAX_BYTES),
        f"Spearman {measured['stsb_dev_spearman_int8']}, at least {MIN_SPEARMAN}" * (measured["stsb_dev_spearman_int8"] < MIN_SPEARMAN),
        f"Spearman loss {loss:.4f}, at most {MAX_SPEARMAN_LOSS}" * (loss > MAX_SPEARMAN_LOSS),
        f"an answer varies by {measured['invariance_max_difference']}" * (measured["invariance_max_difference"] > MAX_VARIANCE),
    ]
    if any(faults):
        sys.exit("The artifact is not good enough: " + "; ".join(filter(None, faults)))


def fill(folder: Path, model: bytes, source: Path, made_card: dict, cases: dict) -> None:
    (folder / "model_artifacts/model.onnx").write_bytes(model)
    copy_tokeniser(source, folder)
    (folder / "model_card.json").write_text(json.dumps(made_card, indent=2) + "\n")
    (folder / "test_files/parity.json").write_text(json.dumps(cases))
    shutil.copy(HERE / "requests.json", folder / "test_files/requests.json")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--out", type=Path, default=HERE / "build" / "KEYWORDS-COMPILED")
    arguments.add_argument("--weights", type=Path, help="tuned weights of ../train; default: the base")
    chosen = arguments.parse_args()
    out = chosen.out
    data = Path(os.environ["DATA_DIR"])
    source = package_directory()
    weights = load_file(chosen.weights) if chosen.weights else None
    encoder, tokeniser = SentenceEncoder(source, weights), open_tokeniser(source, MAX_TOKENS)
    tokenise = lambda text: tokeniser.encode(text).ids  # noqa: E731

    progress("calibrating")
    ranges = calibrate(encoder, [tokenise(text) for text in calibration_texts(data)])
    float_model = sentence_graph(encoder, None).SerializeToString()
    model = sentence_graph(encoder, ranges).SerializeToString()
    progress("measuring")
    measured = scores(data, encoder, tokenise, model, float_model)
    print(json.dumps(measured, indent=2))
    check(measured)
    progress("writing parity cases")
    cases = parity.build(data, encoder, tokeniser)
    session = open_session(model)
    lowest = min(float(embed(session, c["ids"]) @ np.array(c["vector"])) for c in cases if "vector" in c)
    tolerance = {"cosine_min": round(lowest - PARITY_MARGIN, 3)}
    made_card = card.build(measured, tolerance, tuned=chosen.weights is not None)
    write_version(out, lambda folder: fill(folder, model, source, made_card, {"tolerance": tolerance, "cases": cases}))
    progress(f"wrote {out}")


if __name__ == "__main__":
    main()
