"""The model that all peers serve: the ONNX file and the tokeniser of keywords. MODEL_DIRECTORY names its artifacts."""

import base64
import os
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

MAX_TOKENS = 256


class Embedder:
    def __init__(self) -> None:
        directory = Path(os.environ["MODEL_DIRECTORY"])
        options = onnxruntime.SessionOptions()
        # Unset: ONNX Runtime's own choice, one thread per core.
        options.intra_op_num_threads = int(os.environ.get("ONNX_THREADS", "0"))
        self.session = onnxruntime.InferenceSession(directory / "model.onnx", options, providers=["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        self.tokenizer.enable_truncation(MAX_TOKENS)
        self.tokenizer.enable_padding()

    def embed(self, texts: list[str]) -> list[str]:
        """base64 of 384 float32 (little-endian) for every text."""
        encodings = self.tokenizer.encode_batch(texts)
        feeds = {
            "input_ids": np.array([encoding.ids for encoding in encodings], dtype=np.int64),
            "attention_mask": np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64),
        }
        (vectors,) = self.session.run(["sentence_embedding"], feeds)
        return [base64.b64encode(vector.tobytes()).decode() for vector in vectors]
