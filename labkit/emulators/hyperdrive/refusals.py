"""SQLite's errors as PostgreSQL would put them: an SQLSTATE and a sentence.

Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from __future__ import annotations

import re

import apsw

from labkit.emulators.hyperdrive import messages
from labkit.emulators.hyperdrive.messages import Message


class SqlError(Exception):
    """A refusal of the database or of Hyperdrive: an SQLSTATE, a sentence, and further fields by their letter."""

    def __init__(self, code: str, message: str, **more: str):
        super().__init__(message)
        self.code, self.words, self.more = code, message, more

    def response(self, severity: str = "ERROR") -> Message:
        """The ErrorResponse that says so."""
        return messages.error(self.code, self.words, severity, **self.more)


ABORTED = SqlError("25P02", "current transaction is aborted, commands ignored until end of transaction block")
TIMED_OUT = SqlError("57014", "canceling statement due to statement timeout")
_WORDS = [
    (r"no such table: (?:main\.)?(.+)", "42P01", 'relation "{0}" does not exist'),
    (r"no such column: (.+)", "42703", 'column "{0}" does not exist'),
    (r"table (\S+) has no column named (.+)", "42703", 'column "{1}" of relation "{0}" does not exist'),
    (r"no such function: (.+)", "42883", "function {0} does not exist"),
    (r"wrong number of arguments to function (.+)", "42883", "function {0} does not exist"),
    (r"(?:table|view) (\S+) already exists", "42P07", 'relation "{0}" already exists'),
    (r"index (\S+) already exists", "42P07", 'relation "{0}" already exists'),
    (r"duplicate column name: (.+)", "42701", 'column "{0}" specified more than once'),
    (r"ambiguous column name: (.+)", "42702", 'column reference "{0}" is ambiguous'),
    (r'near "(.+)": syntax error', "42601", 'syntax error at or near "{0}"'),
    (r"incomplete input", "42601", "syntax error at end of input"),
    (r"unrecognized token: \"(.*)\"", "42601", 'syntax error at or near "{0}"'),
    (r"NOT NULL constraint failed: (\S+)\.(\S+)", "23502",
     'null value in column "{1}" of relation "{0}" violates not-null constraint'),
    (r"CHECK constraint failed: (.+)", "23514", 'new row violates check constraint "{0}"'),
    (r"FOREIGN KEY constraint failed", "23503", "insert or update violates foreign key constraint"),
    (r"variable number must be between .*", "42P02", "there is no such parameter"),
    (r"datatype mismatch", "42804", "datatype mismatch"),
    (r"(\d+) values for (\d+) columns", "42601", "INSERT has more expressions than target columns"),
    (r"table \S+ has \d+ columns but \d+ values were supplied", "42601",
     "INSERT has more expressions than target columns"),
    (r"no such savepoint: (.+)", "3B001", 'savepoint "{0}" does not exist'),
    (r"misuse of aggregate: (.+)", "42803", "aggregate functions are not allowed here"),
]  # fmt: skip
_UNIQUE = re.compile(r"UNIQUE constraint failed: (\S+)\.(\S+?)(?:, .*)?$")


def refusal(error: apsw.Error, key_of: str = "") -> SqlError:
    """What PostgreSQL says where SQLite says this. `key_of` is the primary key's column, for the constraint's name."""
    said = str(error)
    if unique := _UNIQUE.match(said):
        return _duplicate(unique[1], [each.split(".")[-1] for each in said.partition(": ")[2].split(", ")], key_of)
    for pattern, code, words in _WORDS:
        if found := re.fullmatch(pattern, said):
            return SqlError(code, words.format(*found.groups()))
    return SqlError("XX000", said)


def _duplicate(table: str, columns: list[str], key: str) -> SqlError:
    name = f"{table}_pkey" if columns == [key] else f"{table}_{'_'.join(columns)}_key"
    return SqlError("23505", f'duplicate key value violates unique constraint "{name}"', t=table, n=name)
