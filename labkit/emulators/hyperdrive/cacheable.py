"""Which statements the query cache may answer: reads that call no function whose answer changes by itself.

Source: https://developers.cloudflare.com/hyperdrive/concepts/query-caching/, and for the functions
https://www.postgresql.org/docs/current/xfunc-volatility.html
"""

from __future__ import annotations

from functools import lru_cache

from labkit.emulators.hyperdrive.dialect import MOMENT_WORDS, split, statement

CHANGING = MOMENT_WORDS | frozenset(
    """
now statement_timestamp transaction_timestamp clock_timestamp timeofday age to_char to_date to_timestamp
random random_normal setseed gen_random_uuid uuid_generate_v1 uuid_generate_v4 nextval currval lastval setval
current_setting set_config current_schema current_database version inet_client_addr inet_server_addr
txid_current pg_current_xact_id pg_backend_pid pg_sleep pg_sleep_for pg_sleep_until pg_postmaster_start_time
pg_advisory_lock pg_try_advisory_lock pg_notify pg_table_size pg_relation_size pg_total_relation_size pg_typeof
""".split()
)
"""Functions that PostgreSQL designates as VOLATILE or STABLE, of those that queries are seen with."""
WHO = frozenset("current_user session_user current_role current_catalog user".split())
"""The same without brackets: who asks."""
UNSUPPORTED = {
    "listen": "LISTEN", "notify": "NOTIFY", "unlisten": "UNLISTEN", "prepare": "PREPARE", "execute": "EXECUTE",
    "deallocate": "DEALLOCATE", "discard": "DISCARD",
}  # fmt: skip
"""Statements that belong to a session, which a pooled connection is not."""


@lru_cache(maxsize=1024)
def is_cacheable(sql: str) -> bool:
    """Whether the answer to this text may be kept: one statement that only reads, and calls nothing that changes."""
    texts = split(sql)
    if len(texts) != 1:
        return False
    found = statement(texts[0])
    reads = found.verb in ("select", "with", "values", "table") and not found.writes
    return reads and not CHANGING & found.calls and not WHO & set(found.words)


def unsupported(sql: str) -> str:
    """The feature that a text asks for and Hyperdrive does not have, or ""."""
    for text in split(sql):
        found = statement(text)
        if found.verb in UNSUPPORTED:
            return UNSUPPORTED[found.verb]
        if any(name.startswith(("pg_advisory", "pg_try_advisory")) for name in found.calls):
            return "advisory locks"
        if found.verb == "copy":
            return "COPY"
    return ""


def sets(sql: str) -> bool:
    """Whether a text changes a setting, which ends with the transaction."""
    return any(statement(text).verb in ("set", "reset") or "set_config" in statement(text).calls for text in split(sql))
