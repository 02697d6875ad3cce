"""Makes the files beside it: models over 24 tokens, stand-ins for real artifacts, and their tokenizer.json.

model.onnx is a sentence encoder of 5 components: the vector of a text is the mean of its tokens' vectors, scaled to
length 1. The token "poison" has the vector NaN. sequence-classifier.onnx answers the sum of those vectors as logits,
token-classifier.onnx the token's id and 10 times its feature.
Run with onnx 1.23.2: python make.py
"""
import json
import pathlib

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

HERE = pathlib.Path(__file__).parent
TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[", "]", ".", "cafe", "i", "漢", "字", "a", "bb", "ccc", "##s",
          "mask", "model", "server", "poison", "fast", "한", "##ab", "ab"]


def tokenizer() -> dict:
    special = [{"id": i, "content": TOKENS[i], "special": True, "single_word": False, "lstrip": False, "rstrip": False,
                "normalized": False} for i in range(5)]
    cls, sep = ({"SpecialToken": {"id": t, "type_id": 0}} for t in ("[CLS]", "[SEP]"))
    return {
        "version": "1.0",
        # Both are switched off by the tokeniser under test.
        "truncation": {"max_length": 4, "strategy": "LongestFirst", "stride": 0, "direction": "Right"},
        "padding": {"strategy": {"Fixed": 16}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0,
                    "pad_type_id": 0, "pad_token": "[PAD]"},
        "added_tokens": special,
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                       "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [cls, {"Sequence": {"id": "A", "type_id": 0}}, sep],
            "pair": [cls, {"Sequence": {"id": "A", "type_id": 0}}, sep, {"Sequence": {"id": "B", "type_id": 1}}, sep],
            "special_tokens": {t: {"id": t, "ids": [TOKENS.index(t)], "tokens": [t]} for t in ("[CLS]", "[SEP]")},
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": {t: i for i, t in enumerate(TOKENS)}},
    }


def graph():
    table = np.random.default_rng(7).standard_normal((len(TOKENS), 5)).astype(np.float32)
    table[TOKENS.index("poison")] = np.nan
    constant = lambda name, value: numpy_helper.from_array(np.asarray(value, dtype=np.int64), name)
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["hidden"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["mask3"]),
        helper.make_node("Mul", ["hidden", "mask3"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "middle"], ["sum"], keepdims=0),
        helper.make_node("LpNormalization", ["sum"], ["sentence_embedding"], axis=-1, p=2),
    ]
    tokens = [helper.make_tensor_value_info(n, TensorProto.INT64, ["b", "t"]) for n in ("input_ids", "attention_mask")]
    output = helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, ["b", 5])
    constants = [numpy_helper.from_array(table, "table"), constant("last", [-1]), constant("middle", [1])]
    made = helper.make_graph(nodes, "tiny-encoder", tokens, [output], constants)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def sequence_classifier():
    model = graph()
    model.graph.node[-1].CopyFrom(helper.make_node("Identity", ["sum"], ["logits"]))
    model.graph.output[0].name = "logits"
    return model


def token_classifier():
    names = ("input_ids", "attention_mask", "feature_ids")
    nodes = [
        helper.make_node("Mul", ["feature_ids", "ten"], ["tens"]),
        helper.make_node("Unsqueeze", ["input_ids", "last"], ["ids3"]),
        helper.make_node("Unsqueeze", ["tens", "last"], ["tens3"]),
        helper.make_node("Concat", ["ids3", "tens3"], ["both"], axis=-1),
        helper.make_node("Cast", ["both"], ["logits"], to=TensorProto.FLOAT),
    ]
    tokens = [helper.make_tensor_value_info(name, TensorProto.INT64, ["b", "t"]) for name in names]
    output = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["b", "t", 2])
    constants = [numpy_helper.from_array(np.asarray(value, np.int64), name) for name, value in (("ten", 10), ("last", [-1]))]
    made = helper.make_graph(nodes, "tiny-token-classifier", tokens, [output], constants)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


for name, model in {"model": graph(), "sequence-classifier": sequence_classifier(), "token-classifier": token_classifier()}.items():
    checker.check_model(model, full_check=True)
    save(model, HERE / f"{name}.onnx")
(HERE / "tokenizer.json").write_text(json.dumps(tokenizer(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
