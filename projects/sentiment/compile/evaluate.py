"""Scores a finished version folder: `DATA_DIR=… python evaluate.py [--version build/SENTIMENT-COMPILED]`.

Answers TweetEval val from nothing but the folder (and, where it lies beside it, the float32 graph of the same compile) and
writes the scores into model_card.json. The layer that ships has seen that set, so its scores there are those of layers that
are fitted on four fifths and score the fifth; on top of the artifact's own they are the same layers as on the bare model.
The artifact has seen all of sentence polarity: its score there is that of the models that train.py trained on four fifths,
calibrated and compiled as the artifact was; each scores the fifth that it has not seen. A fold that is not trained to its end is not scored.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[2] / "compile"))

import layer  # noqa: E402
from calibration import calibration_texts  # noqa: E402
from classifier import Classifier, compiled, logits_of  # noqa: E402
from data import LABELS, columns, data_directory, folds, sentence_polarity, tweets_dev  # noqa: E402
from score import accuracy_of_two, reliability, table  # noqa: E402

from encoder.reference import package_directory, softmax  # noqa: E402

TRAIN = HERE.parent / "train"


def five_folds(data: Path, tokeniser: Tokenizer) -> dict[str, float]:
    """By fold of sentence polarity, accuracy, negative against positive, of the model trained on the others; and their mean."""
    rows = [encoding.ids for encoding in tokeniser.encode_batch(calibration_texts(data))]
    finished = json.loads((TRAIN / "result.json").read_text())
    each: dict[str, float] = {}
    for i, held_out in enumerate(folds(sentence_polarity(data))):
        if f"fold{i}" not in finished:
            print(f"fold{i} is not trained to its end: it is not scored.")
            continue
        classifier = Classifier(package_directory(), load_file(TRAIN / f"build/fold{i}/model.safetensors"))
        layer.calibrate(classifier, tokeniser, tweets_dev(data))
        texts, labels = columns(held_out)
        answers = logits_of(compiled(classifier, rows)["int8"], tokeniser, texts)
        each[f"fold{i}"] = round(accuracy_of_two(answers, labels), 4)
    return each | ({"mean": round(float(np.mean(list(each.values()))), 4)} if each else {})


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
    data = data_directory()
    texts, labels = columns(tweets_dev(data))
    card_file, artifacts = folder / "model_card.json", folder / "model_artifacts"
    card = json.loads(card_file.read_text())
    tokeniser = Tokenizer.from_file(str(artifacts / "tokenizer.json"))
    tokeniser.enable_truncation(json.loads((artifacts / "classifier.json").read_text())["max_tokens"])
    models = {"int8": artifacts / "model.onnx", "fp32": folder.with_suffix(".float32.onnx")}
    for name, model in models.items():
        if not model.exists():
            continue
        logits = logits_of(str(model), tokeniser, texts)
        held_out, as_shipped = layer.cross_fitted(logits, labels), softmax(logits)
        card["scores"][f"tweeteval_val_cross_fitted_{name}"] = table(held_out, labels)
        if name == "int8":
            card["scores"]["reliability_cross_fitted"] = reliability(held_out, labels)
            card["scores"]["confusion_cross_fitted"] = confusion(held_out, labels)
            card["scores"]["tweeteval_val_seen_by_the_layer"] = table(as_shipped, labels)
    card["scores"]["sentence_polarity_accuracy_int8"] = five_folds(data, tokeniser)
    partial = card_file.with_suffix(".partial")
    partial.write_text(json.dumps(card, indent=2) + "\n")
    partial.rename(card_file)
    print(json.dumps(card["scores"], indent=2))
    print(f"Wrote {card_file}. Next: make registry.push/sentiment VERSION_DIR={folder}")


if __name__ == "__main__":
    main()
