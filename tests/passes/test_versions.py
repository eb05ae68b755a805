"""Version ranges: comparing numbers says what PEP 440 says."""

from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from vulgate.model.versions import holds_on

VERSIONS = st.lists(st.integers(0, 12), min_size=1, max_size=3).map(lambda numbers: ".".join(map(str, numbers)))
PARTS = st.tuples(st.sampled_from(["<=", ">=", "<", ">", "==", "!="]), st.sampled_from(["", " "]), VERSIONS).map(
    "".join
)


@given(st.lists(PARTS, min_size=1, max_size=3).map(",".join), VERSIONS, st.sampled_from(["", "python "]))
def test_ranges_mean_what_packaging_says(text: str, version: str, before: str) -> None:
    assert holds_on(before + text, version) == SpecifierSet(text).contains(version)
