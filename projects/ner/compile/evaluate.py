"""Scores a finished version folder: `DATA_DIR=… python evaluate.py [--version build/NER-COMPILED]`.

Reads nothing but the folder (and, where it lies beside it, the float32 graph of the same compile), answers the dev and
test sets and writes the scores into model_card.json. Everything is chosen on dev: run it once, when nothing will change any more.
"""

import argparse
import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[2] / "compile"))

from artifact import open_version, running  # noqa: E402
from data import data_directory, dev, uner, wnut17  # noqa: E402
from score import labelled, predicted, reliability, tables  # noqa: E402


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--version", type=Path, default=HERE / "build" / "NER-COMPILED")
    folder = arguments.parse_args().version
    data = data_directory()
    card_file = folder / "model_card.json"
    card = json.loads(card_file.read_text())
    tokeniser, gazetteer, int8 = open_version(folder)
    runs = {"int8": int8}
    float_model = folder.with_suffix(".float32.onnx")
    if float_model.exists():
        runs["fp32"] = running(str(float_model))
    splits = {"dev": dev(data), "test": {"uner_en_ewt": uner(data, "test"), "wnut17": wnut17(data, "test")}}
    for split, sets in splits.items():
        gold = {name: [labelled(sentence) for sentence in sentences] for name, sentences in sets.items()}
        for numbers, run in runs.items():
            answers = {name: predicted([s.text for s in of_set], tokeniser, gazetteer, run) for name, of_set in gold.items()}
            card["scores"][f"{split}_{numbers}"] = tables(gold, answers)
            if numbers == "int8":
                card["scores"][f"reliability_{split}"] = {name: reliability(gold[name], answers[name]) for name in gold}
    partial = card_file.with_suffix(".partial")
    partial.write_text(json.dumps(card, indent=2) + "\n")
    partial.rename(card_file)
    print(json.dumps(card["scores"], indent=2))
    print(f"Wrote {card_file}. Next: make registry.push/ner VERSION_DIR={folder}")


if __name__ == "__main__":
    main()
