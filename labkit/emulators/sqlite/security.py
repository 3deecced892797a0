"""What a Worker's SQL may do: the limits and the authorizer that workerd puts before SQLite.

Source: https://github.com/cloudflare/workerd/blob/main/src/workerd/util/sqlite.c++ (`setupSecurity`, `isAuthorized`),
and what workerd answers. Sizes are facts of the emulator that opens the database.
"""

from __future__ import annotations

from collections.abc import Callable

import apsw

Authorizer = Callable[[int, "str | None", "str | None", "str | None", "str | None"], int]

LIMITS = {
    apsw.SQLITE_LIMIT_LENGTH: 2_200_000,
    apsw.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    apsw.SQLITE_LIMIT_COLUMN: 100,
    apsw.SQLITE_LIMIT_EXPR_DEPTH: 100,
    apsw.SQLITE_LIMIT_COMPOUND_SELECT: 5,
    apsw.SQLITE_LIMIT_VDBE_OP: 25_000,
    apsw.SQLITE_LIMIT_FUNCTION_ARG: 127,
    apsw.SQLITE_LIMIT_ATTACHED: 0,
    apsw.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 50,
    apsw.SQLITE_LIMIT_VARIABLE_NUMBER: 100,
    apsw.SQLITE_LIMIT_TRIGGER_DEPTH: 10,
    apsw.SQLITE_LIMIT_WORKER_THREADS: 0,
}
"""The documentation says 32 arguments a function; workerd allows 127, for `json_object`."""

FUNCTIONS = frozenset(
    """
abs changes char coalesce concat concat_ws format glob hex ifnull iif instr last_insert_rowid length like likelihood
likely load_extension lower ltrim max_scalar min_scalar nullif octet_length printf quote random randomblob replace
round rtrim sign soundex substr substring total_changes trim typeof unhex unicode unlikely upper zeroblob
date time datetime julianday unixepoch strftime timediff current_date current_time current_timestamp
avg count group_concat max min string_agg sum total
row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value
acos acosh asin asinh atan atan2 atanh ceil cos cosh degrees exp floor ln log log2 mod pi pow radians sin sinh sqrt
tan tanh trunc
json json_array json_array_length json_extract -> ->> json_insert json_object json_patch json_remove json_replace
json_set json_type json_valid json_quote json_group_array json_group_object json_each json_tree
jsonb jsonb_array jsonb_extract jsonb_insert jsonb_object jsonb_patch jsonb_remove jsonb_replace jsonb_set
jsonb_group_array jsonb_group_object jsonb_each jsonb_tree
match highlight bm25 snippet
sqlite_rename_column sqlite_rename_table sqlite_rename_test sqlite_drop_column sqlite_rename_quotefix
""".split()
)

MODULES = ("fts5", "fts5vocab", "json_each", "json_tree", "jsonb_each", "jsonb_tree")
"""What virtual tables and table-valued functions there are, besides the pragmas."""

UNKNOWN = frozenset(
    "if json_array_insert jsonb_array_insert median percentile percentile_cont percentile_disc unistr "
    "unistr_quote".split()
)
"""Functions of the SQLite that runs here which the platform's does not have yet."""

_NAMED = {  # where an action has the names that may be protected
    apsw.SQLITE_CREATE_TABLE: 1, apsw.SQLITE_DELETE: 1, apsw.SQLITE_DROP_TABLE: 1, apsw.SQLITE_INSERT: 1,
    apsw.SQLITE_CREATE_VIEW: 1, apsw.SQLITE_DROP_VIEW: 1, apsw.SQLITE_REINDEX: 1, apsw.SQLITE_READ: 1,
    apsw.SQLITE_UPDATE: 1, apsw.SQLITE_ALTER_TABLE: 2, apsw.SQLITE_CREATE_INDEX: 3, apsw.SQLITE_DROP_INDEX: 3,
    apsw.SQLITE_CREATE_TRIGGER: 3, apsw.SQLITE_DROP_TRIGGER: 3,
}  # fmt: skip
_FREE = {apsw.SQLITE_SELECT, apsw.SQLITE_RECURSIVE, apsw.SQLITE_ANALYZE}
_BOOLEAN_PRAGMAS = {
    "case_sensitive_like", "foreign_keys", "defer_foreign_keys", "ignore_check_constraints", "legacy_alter_table",
    "recursive_triggers", "reverse_unordered_selects",
}  # fmt: skip
_NAMING_PRAGMAS = {"table_info", "table_xinfo", "foreign_key_list", "index_info", "index_list", "index_xinfo"}
_BOOLEANS = ("true", "false", "yes", "no", "on", "off", "1", "0")


class TransactionRefused(Exception):
    """A statement that would begin or end a transaction."""


def is_protected(name: str) -> bool:
    """Whether a table is the platform's own."""
    return name.startswith("_cf_")


def authorize(action: int, one: str | None, two: str | None, database: str | None, trigger: str | None) -> int:
    """SQLITE_OK or SQLITE_DENY for one thing that a statement would do."""
    if action in (apsw.SQLITE_TRANSACTION, apsw.SQLITE_SAVEPOINT):
        raise TransactionRefused
    if action == apsw.SQLITE_ALTER_TABLE:
        database = one
    allowed = (
        action in (apsw.SQLITE_READ, apsw.SQLITE_UPDATE) if database == "temp"
        else database in (None, "main") and _is_action_allowed(action, one, two)
    )  # fmt: skip
    names = _NAMED.get(action, 0)
    protected = (names & 1 and is_protected(one or "")) or (names & 2 and is_protected(two or ""))
    return apsw.SQLITE_OK if allowed and not protected else apsw.SQLITE_DENY


def is_of_connection(action: int, one: str | None, two: str | None, *_: str | None) -> bool:
    """Whether it sets or asks what a connection remembers and a database does not."""
    if action == apsw.SQLITE_FUNCTION:
        return (two or "").lower() in ("changes", "total_changes")
    return action == apsw.SQLITE_PRAGMA and one in _BOOLEAN_PRAGMAS and two is not None


def _is_action_allowed(action: int, one: str | None, two: str | None) -> bool:
    if action in _FREE or action in _NAMED:
        return True
    if action == apsw.SQLITE_FUNCTION:
        return (two or "").lower() in FUNCTIONS
    if action in (apsw.SQLITE_CREATE_VTABLE, apsw.SQLITE_DROP_VTABLE):
        return (two or "").lower() in ("fts5", "fts5vocab")
    return action == apsw.SQLITE_PRAGMA and _is_pragma_allowed(one or "", two)


def _is_pragma_allowed(pragma: str, argument: str | None) -> bool:
    if pragma in _BOOLEAN_PRAGMAS:
        return argument is None or argument.strip("'\"").lower().startswith(_BOOLEANS)
    if pragma in _NAMING_PRAGMAS:
        return argument is not None and not is_protected(argument)
    if pragma in ("foreign_key_check", "quick_check"):
        return argument is None or not is_protected(argument)
    if pragma == "optimize":
        return argument is None or argument.lstrip("-").isdigit()
    return pragma == "table_list" or (pragma == "data_version" and argument is None)
