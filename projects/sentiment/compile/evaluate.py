"""Scores a finished version folder: `DATA_DIR=… python evaluate.py [--version build/SENTIMENT-COMPILED]`.

Reads nothing but the folder (and, where it lies beside it, the float32 graph of the same compile), answers TweetEval val and
writes the scores into model_card.json. The layer that ships has seen that set, so its scores there are those of layers that
are fitted on four fifths and score the fifth; on top of the artifact's own they are the same layers as on the bare model.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[2] / "compile"))

from classifier import logits_of  # noqa: E402
from data import LABELS, data_directory, tweets_dev  # noqa: E402
from layer import cross_fitted  # noqa: E402
from score import reliability, table  # noqa: E402

from encoder.reference import softmax  # noqa: E402


def confusion(probabilities: np.ndarray, labels: list[int]) -> dict:
    """{class of the set: {class answered: texts}}"""
    predicted, truth = probabilities.argmax(1), np.array(labels)
    return {
        a: {b: int(((truth == i) & (predicted == j)).sum()) for j, b in enumerate(LABELS)} for i, a in enumerate(LABELS)
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--version", type=Path, default=HERE / "build" / "SENTIMENT-COMPILED")
    folder = arguments.parse_args().version
    examples = tweets_dev(data_directory())
    card_file, artifacts = folder / "model_card.json", folder / "model_artifacts"
    card = json.loads(card_file.read_text())
    tokeniser = Tokenizer.from_file(str(artifacts / "tokenizer.json"))
    tokeniser.enable_truncation(json.loads((artifacts / "classifier.json").read_text())["max_tokens"])
    models = {"int8": artifacts / "model.onnx", "fp32": folder.with_suffix(".float32.onnx")}
    texts, labels = [example.text for example in examples], [example.label for example in examples]
    for name, model in models.items():
        if not model.exists():
            continue
        logits = logits_of(str(model), tokeniser, texts)
        held_out, as_shipped = cross_fitted(logits, labels), softmax(logits)
        card["scores"][f"tweeteval_val_cross_fitted_{name}"] = table(held_out, labels)
        if name == "int8":
            card["scores"]["reliability_cross_fitted"] = reliability(held_out, labels)
            card["scores"]["confusion_cross_fitted"] = confusion(held_out, labels)
            card["scores"]["tweeteval_val_seen_by_the_layer"] = table(as_shipped, labels)
    partial = card_file.with_suffix(".partial")
    partial.write_text(json.dumps(card, indent=2) + "\n")
    partial.rename(card_file)
    print(json.dumps(card["scores"], indent=2))
    print(f"Wrote {card_file}. Next: make registry.push/sentiment VERSION_DIR={folder}")


if __name__ == "__main__":
    main()
