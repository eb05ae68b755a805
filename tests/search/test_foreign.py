"""Questions about what the book is not about: names that it may mention, and words that mean something else in it."""

from pathlib import Path

import pytest

from tests.search.shop import opened
from vulgate.search.asking import UNANSWERED, ask
from vulgate.search.foreign import foreign_names, held_names
from vulgate.search.library import Library
from vulgate.search.mentions import telling

ABSENT = (
    "how do I deploy a React app",
    "React vs Angular",
    "Rust lifetimes",
    "rust lifetimes",
    "pandas groupby speed",
    "how do I roll back a Terraform state",
    "record an Excel macro with VBA",
    "CSS grid with two columns",
    "Docker networking between two hosts with overlay",
    "Java streams collect to a map",
    "Kubernetes pod restart policy",
    "how do I write a Helm chart",
    "Swift optional chaining",
    "C++ template specialization",
    "JavaScript promise chaining",
    "TypeScript generics constraints",
    "Haskell monads",
    "how to center text in LaTeX",
    "Ansible playbook variables",
    "Kafka consumer group rebalancing",
    "Redis cluster failover",
    "Jenkins pipeline stages",
    "PostgreSQL window functions",
    "MongoDB aggregation pipeline",
    "how do I train a model in TensorFlow",
    "Spring Boot dependency injection",
    "Angular component lifecycle",
    "Vue computed properties",
    "Ruby blocks and procs",
    "Kotlin coroutines scope",
    "Flutter state management",
    "how do I set up a GitHub runner on AWS",
    "Bash arrays",
    "AWS Lambda cold start",
    "Scala implicits",
    "MATLAB matrix inverse",
)
PRESENT = (
    "How Do I Use A Decorator In Python",
    "How do I use Pydantic with FastAPI",
    "Why does Windows spawn instead of fork?",
    "what does the GIL protect in CPython",
    "what is the difference between Java and Python",
    "what is the Liskov substitution principle",
    "Should I use Black or Ruff",
    "What does B006 mean in Ruff",
    "what is the Zen of Python",
    "ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)",
    "RuntimeWarning: coroutine 'save_order' was never awaited",
    "customer called O'Brien breaks the search page",
    'ctrl-c does nothing, the script just prints "failed" and carries on',
)
NOTES = """\
    # Notes

    ## Brokers

    A queue such as Kafka keeps messages, and Kafka has no sentinel. A base class can react to a subclass.
    Threads wait. We like threads.

    ## Records

    Use `Decimal` for money; `CSV` has no types.

    ```python
    class Basket: ...
    ```
"""


@pytest.mark.parametrize("question", ABSENT)
def test_the_handbook_says_nothing_of_other_tools(handbook: Library, question: str) -> None:
    answer = ask(handbook, question)
    assert (answer.answered, answer.answer, answer.passages) == (False, UNANSWERED, [])
    assert answer.notes[-1].startswith("no passage speaks of")


@pytest.mark.parametrize("question", PRESENT)
def test_a_capital_does_not_keep_the_handbook_from_answering(handbook: Library, question: str) -> None:
    assert ask(handbook, question).answered


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("how do I deploy React", {"react": "React"}),  # mid-sentence, whatever the book says of `react`
        ("react to an event", {}),
        ("AWS and JavaScript", {"aws": "AWS", "javascript": "JavaScript"}),
        ("kafka queue", {"kafka": "Kafka"}),  # the book writes it as a name
        ("Kafka queue", {"kafka": "Kafka"}),
        ("Threads wait", {}),  # the book writes `threads`
        ("Elixir queue", {"elixir": "Elixir"}),  # the book has no such word
        ("messages of Decimal, Basket and CSV", {}),  # in its code
        ("why is 'React' empty", {}),  # quoted: somebody's own
        ("How Do I Deploy React", {}),  # a headline
        ("", {}),
    ],
)
def test_names_are_told_by_their_capitals(tmp_path: Path, question: str, names: dict[str, str]) -> None:
    with opened(tmp_path, NOTES) as library:
        assert foreign_names(library.books, question, telling(question) if question else []) == names


def test_a_name_is_held_as_it_is_written() -> None:
    assert held_names("A caller may react. React is a library.", ["React"]) == {"React"}
    assert held_names("A caller may react.", ["React"]) == set()


def test_a_word_put_in_place_of_a_name_is_told_as_it_was_asked(handbook: Library) -> None:
    assert ask(handbook, "React vs Angular").notes[-1] == "no passage speaks of: Angular"
