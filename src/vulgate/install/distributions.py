"""Which modules a declared distribution gives: what is not installed here can only be known by its name."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

MODULES: Final = {
    "argon2-cffi": ("argon2",),
    "attrs": ("attr", "attrs"),
    "azure-identity": ("azure",),
    "beautifulsoup4": ("bs4",),
    "biopython": ("Bio",),
    "confluent-kafka": ("confluent_kafka",),
    "discord-py": ("discord",),
    "django-rest-framework": ("rest_framework",),
    "djangorestframework": ("rest_framework", "django"),
    "faiss-cpu": ("faiss",),
    "faust-streaming": ("faust",),
    "gitpython": ("git",),
    "google-api-python-client": ("googleapiclient",),
    "grpcio": ("grpc",),
    "kafka-python": ("kafka",),
    "kafka-python-ng": ("kafka",),
    "markdown-it-py": ("markdown_it",),
    "mysql-connector-python": ("mysql",),
    "mysqlclient": ("MySQLdb",),
    "opencv-contrib-python": ("cv2",),
    "opencv-python": ("cv2",),
    "opencv-python-headless": ("cv2",),
    "pillow": ("PIL",),
    "protobuf": ("google",),
    "psycopg-binary": ("psycopg",),
    "psycopg2-binary": ("psycopg2",),
    "pycryptodome": ("Crypto",),
    "pycryptodomex": ("Cryptodome",),
    "pygithub": ("github",),
    "pyjwt": ("jwt",),
    "pymupdf": ("fitz", "pymupdf"),
    "pyopenssl": ("OpenSSL",),
    "pyserial": ("serial",),
    "python-dateutil": ("dateutil",),
    "python-docx": ("docx",),
    "python-dotenv": ("dotenv",),
    "python-jose": ("jose",),
    "python-multipart": ("multipart", "python_multipart"),
    "python-pptx": ("pptx",),
    "python-telegram-bot": ("telegram",),
    "pyyaml": ("yaml",),
    "pyzmq": ("zmq",),
    "scikit-image": ("skimage",),
    "scikit-learn": ("sklearn",),
    "setuptools": ("setuptools", "pkg_resources"),
    "torch": ("torch",),
    "websocket-client": ("websocket",),
}
"""Modules by the normalized name of a distribution, where the two differ in more than hyphens."""
BROUGHT: Final = {
    "django": ("rest_framework", "channels", "ninja", "wagtail", "cms"),
    "flask": ("quart", "dash", "connexion"),
    "jinja2": ("flask", "quart", "ansible", "cookiecutter", "mkdocs", "sphinx"),
    "markupsafe": ("jinja2", "flask", "quart", "werkzeug", "mako", "wtforms"),
    "pandas": ("geopandas", "seaborn", "streamlit", "xarray", "dask", "statsmodels"),
    "requests": ("requests_html", "cachecontrol", "tweepy"),
    "sqlalchemy": ("sqlmodel", "alembic", "flask_sqlalchemy", "gino"),
    "starlette": ("fastapi",),
    "yaml": ("ruamel", "oyaml"),
}
"""Packages that bring a module along, so that code may use it without anybody having declared it."""
_SEPARATORS = re.compile(r"[-_.]+")


def is_present(module: str, imported: frozenset[str], declared: Iterable[str]) -> bool:
    """Whether a project may use a module.

    A distribution counts for each part of its name, too: `pytest-cov` needs pytest, `types-requests` requests, `pandas-stubs`
    pandas. That errs towards being there, because a rule that is left out by mistake is worse than one too many.

    Args:
        module: Its name, such as `yaml`.
        imported: The modules that the project imports.
        declared: The normalized names of the distributions that it declares.
    """
    given = _given(tuple(sorted(declared)))
    names = {module.lower(), *(name.lower() for name in BROUGHT.get(module, ()))}
    return not names.isdisjoint(given) or any(name.lower() in names for name in imported)


@lru_cache(maxsize=4)
def _given(declared: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name.lower() for distribution in declared for name in modules_of(distribution))


def modules_of(distribution: str) -> frozenset[str]:
    """The modules that a distribution may give, in all spellings; `distribution` is a normalized name."""
    words = _SEPARATORS.split(distribution)
    return frozenset([*MODULES.get(distribution, ()), "_".join(words), "".join(words), *filter(None, words)])
