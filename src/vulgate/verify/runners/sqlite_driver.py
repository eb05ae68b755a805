"""The program that runs SQL in SQLite, inside the harness: Python 3.8 or newer and the standard library."""

from typing import Final

DRIVER: Final = r'''
import sqlite3, sys

try:
    DATABASE
except NameError:
    DATABASE = None


def statements(code):
    """The statements, each with the line where it begins; the last one may lack its semicolon."""
    start = at = 0
    while at < len(code):
        at = code.find(";", at) + 1 or len(code)
        if at == len(code) or sqlite3.complete_statement(code[start:at]):
            first = beginning(code, start)
            if first < at:
                yield code.count("\n", 0, first) + 1, code[first:at]
            start = at


def beginning(code, at):
    """Where a statement begins, behind blanks and comments."""
    while at < len(code):
        if code[at].isspace():
            at += 1
        elif code.startswith("--", at):
            at = code.find("\n", at) + 1 or len(code)
        elif code.startswith("/*", at):
            at = code.find("*/", at + 2) + 2
            if at == 1:
                return len(code)
        else:
            return at
    return at


def show(error, line):
    """Lets an error out that tells its line, without the frames of this program."""
    sys.excepthook = lambda kind, error, trace: sys.stderr.write("%s\n" % error)
    raise type(error)("line %d: %s" % (line, error)) from None


def text_of(value):
    """A value as the sqlite3 program prints it."""
    if value is None:
        return ""
    if isinstance(value, float):
        return DATABASE.execute("SELECT CAST(? AS TEXT)", (value,)).fetchone()[0]
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text.split("\0")[0]


def run_sql(code):
    """Runs each statement, and prints its rows."""
    global DATABASE
    if DATABASE is None:
        DATABASE = sqlite3.connect(":memory:", isolation_level=None)
        DATABASE.text_factory = lambda data: data.decode("utf-8", "replace")
    for line, statement in statements(code):
        try:
            if statement.startswith("."):
                name = statement.split()[0]
                raise sqlite3.OperationalError("%s is a command of the sqlite3 program, and no SQL" % name)
            rows = DATABASE.execute(statement)
            while True:
                some = rows.fetchmany(256)
                if not some:
                    break
                sys.stdout.write("".join("|".join(map(text_of, row)) + "\n" for row in some))
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            show(error, line)


def check_sql(code):
    """Lets SQLite read each statement; what a statement is about need not exist."""
    database = sqlite3.connect(":memory:", isolation_level=None)
    for line, statement in statements(code):
        explain = "" if statement[:7].upper() == "EXPLAIN" else "EXPLAIN "
        try:
            database.execute(explain + statement)
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            text = str(error)
            if any(sign in text for sign in ("syntax error", "incomplete input", "unrecognized token")):
                show(error, line)
'''
