"""SQL, in SQLite and by the client of a service."""

import pytest

from tests.verify.running import COMPILE, REJECT, Running, outputs, step
from vulgate.verify.jobs import ErrorReport

SCHEMA = """\
CREATE TABLE book (id INTEGER PRIMARY KEY, title TEXT NOT NULL, price REAL); -- one; two
INSERT INTO book (title, price) VALUES ('a;b', 1.0), ('it''s', NULL); SELECT * FROM book;
/* three; */
CREATE TRIGGER free AFTER INSERT ON book BEGIN
  UPDATE book SET price = 0.1 WHERE id = new.id;
  SELECT 1;
END;
INSERT INTO book (title) VALUES ('é
ü');
SELECT title, price, 1e100, 1/3.0, x'414200', 2 > 1 FROM book WHERE id = 3
"""


def test_sql_prints_as_the_program_sqlite3_does(run: Running) -> None:
    outcomes = run(
        "sql", step("sql", SCHEMA), step("sqlite", "SELECT count(*) FROM book;;\n-- the end"), step("sql", "")
    )
    shown = "1|a;b|1.0\n2|it's|\né\nü|0.1|1.0e+100|0.333333333333333|AB|1\n"
    assert outputs(outcomes) == [shown, "3\n", ""]


def test_an_error_of_sql_names_the_line_of_its_statement(run: Running) -> None:
    first, second, third = run(
        "sql",
        step("sql", "CREATE TABLE t (x NOT NULL);\nINSERT INTO t VALUES (1);"),
        step("sql", "SELECT 'kept';\n\n-- a comment\nINSERT INTO t\n  VALUES (NULL);\nSELECT 'not run';"),
        step("sql", "SELECT count(*) FROM t;"),
    )
    assert outputs([first, third]) == ["", "1\n"]
    assert (second.stdout, second.first) == ("kept\n", 0)
    assert second.stderr == "a.md:13: NOT NULL constraint failed: t.x\n"
    assert second.error == ErrorReport("IntegrityError", "sqlite3", "NOT NULL constraint failed: t.x", 4)


@pytest.mark.parametrize(
    ("code", "line", "text"),
    [
        ("SELECT 'open", 1, "unrecognized token"),
        ("\nSELEC 1;", 2, "syntax error"),
        ("SELECT 1;\n.mode column\n", 2, ".mode is a command of the sqlite3 program"),
        ("SELECT * FROM nowhere", 1, "no such table"),
    ],
)
def test_errors_of_sql(run: Running, code: str, line: int, text: str) -> None:
    (outcome,) = run("sql", step("sql", code))
    assert outcome.error is not None
    assert outcome.error.line == line
    assert text in outcome.error.text


def test_sql_without_end(run: Running) -> None:
    numbers = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT {} FROM c;"
    assert run("sql", step("sql", numbers.format("x")), output=1000)[0].limit == "output"
    stuck, after = run("sql", step("sql", numbers.format("max(x)")), step("sql", "SELECT 1"), seconds=0.5)
    assert (stuck.limit, after.reached) == ("time", False)


def test_static_sql_is_only_read(run: Running) -> None:
    fine, elsewhere, wrong, rejected, accepted = run(
        "sql",
        step("sql", "SELECT * FROM nowhere; EXPLAIN SELECT 1;", COMPILE),
        step("sql", "SELECT 1;\nCREATE TABLE t (x int) PARTITION BY RANGE (x);", COMPILE),
        step("sqlite", "SELECT 1;\nSELEC 1", COMPILE),
        step("sql", "SELEC 1", REJECT),
        step("sql", "SELECT 1", REJECT),
    )
    assert outputs([fine, accepted]) == ["", ""]
    assert "another SQL" in elsewhere.note
    assert elsewhere.error is None
    assert wrong.error is not None
    assert wrong.error.line == 2
    assert rejected.error is not None


def test_the_client_of_a_service_runs_sql(run: Running) -> None:
    steps = (step("sql", "SELECT 1;\n", service="db"), step("sql", "SELECT é;"))
    assert outputs(run("sql", *steps, client=["sed", "s/^/told: /"])) == ["told: SELECT 1;\n", "told: SELECT é;"]
    assert run("sql", *steps, client=["false"])[0].status == 1
    assert all("client" in outcome.note for outcome in run("sql", *steps))
