"""How much room a text takes in the context of a language model."""

from typing import Final

BYTES_A_TOKEN: Final = 3.6
"""Of English prose with code. The estimate is 8 to 14 % above what GPT, Llama and Qwen count, and a quarter below Claude from
Opus 4.7 on (`benchmarks/tokens.py`)."""


def count_tokens(text: str) -> int:
    """About how many tokens a text has. No tokenizer is asked, so budgets hold on every machine and for every model alike."""
    return -int(-len(text.encode()) // BYTES_A_TOKEN)
