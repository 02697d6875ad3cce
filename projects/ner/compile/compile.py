"""Makes the folder of NER-COMPILED: `DATA_DIR=… python compile.py [--weights …] [--out build/NER-COMPILED]`.

Tagger to ONNX, calibrated, quantised, compared with float32 on the dev sets. The folder appears when everything is done.
The answers of the finished artifact (`test_files/predictions.json`) are recorded by the TypeScript that serves it; its
scores on the test sets come from evaluate.py.
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
import parity  # noqa: E402
import temperature  # noqa: E402
from artifact import running, write_settings  # noqa: E402
from calibration import calibration_rows  # noqa: E402
from data import SEED, data_directory, dev  # noqa: E402
from gazetteer import names  # noqa: E402
from score import f1_of, labelled, predicted, tables  # noqa: E402
from tagger import Tagger, tagger_graph  # noqa: E402
from text import Gazetteer  # noqa: E402
from windows import word_logits  # noqa: E402

from encoder.artifact import copy_tokeniser, write_version  # noqa: E402
from encoder.calibrate import calibrate  # noqa: E402
from encoder.reference import open_tokeniser, package_directory  # noqa: E402
from encoder.session import invariance, open_session, speed_ratio  # noqa: E402

MAX_BYTES, MAX_LOSS, MAX_VARIANCE = 25_000_000, 0.01, 1e-5
WHOLE = 1_000_000  # tokens: texts are never cut


def progress(text: str, started: float = time.monotonic()) -> None:
    print(f"{time.monotonic() - started:6.0f} s  {text}", flush=True)


def check(measured: dict) -> None:
    """Refuses an artifact that misses what is promised of it."""
    losses = {name: f1_of(measured["dev_fp32"][name]) - f1_of(measured["dev_int8"][name]) for name in measured["dev_int8"]}
    faults = [
        f"F1 lost by quantisation {losses}, at most {MAX_LOSS}" * (max(losses.values()) > MAX_LOSS),
        f"an answer varies by {measured['invariance_max_difference']}" * (measured["invariance_max_difference"] > MAX_VARIANCE),
    ]
    if any(faults):
        sys.exit("The artifact is not good enough: " + "; ".join(filter(None, faults)))


def measure(data: Path, tokeniser, gazetteer: Gazetteer, model: bytes, float_model: bytes, rows: list) -> dict:
    sets = {name: [labelled(s) for s in sentences] for name, sentences in dev(data).items()}
    columns = {"input_ids": [ids for ids, _ in rows], "feature_ids": [features for _, features in rows]}
    session = open_session(model)
    answers = lambda graph: {n: predicted([s.text for s in v], tokeniser, gazetteer, running(graph)) for n, v in sets.items()}  # noqa: E731
    return {
        "dev_fp32": tables(sets, answers(float_model)),
        "dev_int8": tables(sets, answers(model)),
        "invariance_max_difference": invariance(session, columns, SEED),
        "speed_int8_to_fp32": round(speed_ratio(session, open_session(float_model), columns), 2),
        "bytes": len(model),
    }


def fit_temperature(sets: dict, tagger: Tagger, tokeniser, gazetteer: Gazetteer) -> float:
    sentences = [labelled(sentence) for of_set in sets.values() for sentence in of_set]
    run = running(tagger_graph(tagger, None).SerializeToString())
    answers = word_logits([sentence.text for sentence in sentences], tokeniser, gazetteer, run)
    return temperature.fit([(sentence, words, logits) for sentence, (words, logits) in zip(sentences, answers)])


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--out", type=Path, default=HERE / "build" / "NER-COMPILED")
    arguments.add_argument("--weights", type=Path, default=HERE.parent / "train/build/with_case/model.safetensors")
    chosen = arguments.parse_args()
    if not chosen.weights.exists():
        sys.exit(f"There are no weights at {chosen.weights}: train first (projects/ner/train/README.md), or name others with --weights.")
    data, source = data_directory(), package_directory()
    tagger, tokeniser = Tagger(source, load_file(chosen.weights)), open_tokeniser(source, WHOLE)
    gazetteer = Gazetteer.tokenised(names(data), tokeniser)

    progress("fitting the temperature of scores")
    fitted = fit_temperature(dev(data), tagger, tokeniser, gazetteer)
    tagger.scale(1 / fitted)
    progress("calibrating")
    rows = calibration_rows(data, tokeniser, gazetteer)
    model = tagger_graph(tagger, calibrate(tagger, rows)).SerializeToString()
    float_model = tagger_graph(tagger, None).SerializeToString()
    progress("measuring")
    measured = measure(data, tokeniser, gazetteer, model, float_model, rows[:100])
    print(json.dumps(measured, indent=2))
    check(measured)
    progress("writing parity cases")
    cases = parity.build(data, tokeniser, gazetteer, parity.running(tagger), running(model))

    def fill(folder: Path) -> None:
        (folder / "model_artifacts/model.onnx").write_bytes(model)
        copy_tokeniser(source, folder)
        gazetteer.write(folder / "model_artifacts/gazetteer.tsv")
        write_settings(folder)
        (folder / "model_card.json").write_text(json.dumps(card.build(measured, fitted), indent=2) + "\n")
        (folder / "test_files/parity.json").write_text(json.dumps({"tolerance": card.TOLERANCE, "cases": cases}))
        shutil.copy(HERE / "requests.json", folder / "test_files/requests.json")
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        if size > MAX_BYTES:
            sys.exit(f"The version has {size} bytes, at most {MAX_BYTES} may be registered.")

    write_version(chosen.out, fill)
    chosen.out.with_suffix(".float32.onnx").write_bytes(float_model)
    progress(f"wrote {chosen.out}")


if __name__ == "__main__":
    main()
