"""D1: one SQLite database with one thread at one place, and copies of it that lag behind.

| | |
|---|---|
| modelled | The binding, its statements and sessions: every method and refusal, in the runtime's words (recorded) |
| | SQL is SQLite's own, with D1's limits and its authorizer: FTS5, JSON, windows; no files, no transactions by hand |
| | `meta` as production has it; rows read and written are metered as they are billed (`emulators/sqlite/rows`) |
| | `batch` is one transaction and one way there and back; `exec` takes a statement a line, as one transaction too |
| | The primary is born near whoever first asks, or in the hinted region or jurisdiction (docs, "Data location") |
| | It has one thread: a query waits for those before it, then takes its own time; too many or too long: "overloaded" |
| | Reads are tried again, up to twice, where it may help; `total_attempts` says so (changelog, September 2025) |
| | Replicas in six regions, where `read_replication` is "auto", for sessions only; they send on what writes |
| | A replica that is behind a session's bookmark waits for that commit; sessions never see an older state |
| | Time Travel to any commit of the last 30 or 7 days, with the bookmark that undoes it; ten in ten minutes |
| | Migrations and `execute` as wrangler does them |
| | The free plan's rows of a day, then errors until midnight UTC (changelog, September 2026); sizes of databases |
| | A call that computes for 30 s is stopped; six connections and 50 or 1,000 queries an invocation |
| | Faults: `outage`, `lab.kill` (the primary goes on elsewhere), `lab.partition` (a replica falls behind) |
| simplified | Times, all assumptions: a little for each query and each instruction of SQLite's machine; a write 5 ms |
| | A replica's lag is exponential, in the order of commits; its mean is an assumption: `replica_lag` sets it |
| | One place for each region's replica; the nearest instance answers. Production's routing is not said |
| | Of a text with several statements only the last is metered, as its `meta` has it |
| | A commit that was on its way to a replica when a partition began arrives; after one it has caught up at once |
| | A batch counts as one query of its invocation: the documentation leaves that open |
| | A text that is not UTF-8 is refused where it would be read; production puts U+FFFD in it |
| | Turning replication off works at once; production takes up to a day |
| | What a bookmark's digits mean; one that is no bookmark is taken for "anywhere", as locally |
| | Network off: one database, no replicas, times, queue, retries or limits of a day and an invocation, and rows of |
| | 2,200,000 bytes, as the vendor's local runtime; the documentation has 2,000,000 |
| | A function takes 127 arguments, as workerd allows for json_object; the documentation has 32 |
| not modelled | The REST API, `wrangler d1 export`, query insights, limits of memory and of a result (50 MB) |
| | Storage of the account: the free plan's 5 GB are ten databases of 500 MB, the paid plan's are 1 TB |
| | `dump()` of a Worker: it is refused, as all databases but those of D1's alpha refuse it |

How old states are kept: SQLite's file is an object that sees each page which is written, so every commit is kept as the
pages it changed, as they were before; a replica reads the present pages with those of the commits that it does not
know laid over them, and Time Travel writes them back. That is what a log of page images is, as the platform's own; so
a change of the schema, FTS5, and `random()` are the same on every copy, and nothing runs twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit import durations, facts
from labkit.emulators.d1 import console, own
from labkit.emulators.d1.account import Account
from labkit.emulators.d1.binding import D1Database
from labkit.emulators.d1.bookmarks import DAY, bookmark
from labkit.emulators.d1.fleet import Fleet
from labkit.emulators.d1.history import History
from labkit.emulators.d1.instances import Primary, Replica
from labkit.emulators.d1.migrations import Migrations
from labkit.emulators.d1.paths import Direct, Path, Routed
from labkit.emulators.d1.reader import Disk
from labkit.emulators.d1.results import Answer
from labkit.emulators.d1.table import InstanceTable
from labkit.emulators.d1.table import row_of as instance_row
from labkit.emulators.d1.time_travel import TimeTravel
from labkit.emulators.d1.words import Refused
from labkit.emulators.outages import Outages
from labkit.errors import LabError
from labkit.workers.jsdict import JsDict
from labkit.world import World

__all__ = ["D1", "Account", "D1Database", "InstanceTable"]


class D1(Outages):
    """A database: `binding(colo)` is what `env` holds at a place. In an `outage` it fails to start."""

    def __init__(self, entry: Mapping[str, Any], world: World, account: Account | None = None):
        self.world = world
        self.account = account or Account(world)
        self.account.admit()
        self.name = entry.get("database_name", entry["binding"])
        self.id = entry.get("database_id", self.name)
        self.history = History(world.unix, facts.value("d1.time_travel_days", plan=world.plan) * DAY)
        self.disk = Disk(world, self.history, self.account.opened)
        self.fleet = Fleet(self)
        self.replica_lag = facts.value("d1.replica_lag")
        self.time_travel, self.migrations = TimeTravel(self), Migrations(self, entry)
        self.is_marked = False
        self._paths: dict[str, Path] = {}

    def __repr__(self) -> str:
        return f"<D1 {self.name}>"

    def binding(self, colo: str) -> D1Database:
        """The database as a Worker at this place has it."""
        return D1Database(self, colo)

    # Where it is.

    @property
    def primary(self) -> str | None:
        """The place of its primary; None until somebody has asked for it. Before, it can be set: a place or a hint."""
        return self.fleet.primary.place if self.fleet.primary else None

    @primary.setter
    def primary(self, where: str) -> None:
        self.fleet.place(where)

    @property
    def jurisdiction(self) -> str | None:
        """Where its data must stay: "eu", "fedramp" or None. It can be set until somebody has asked for it."""
        return self.fleet.jurisdiction

    @jurisdiction.setter
    def jurisdiction(self, name: str | None) -> None:
        self.fleet.confine(name)

    @property
    def read_replication(self) -> str:
        """ "auto" where it has replicas, else "disabled"."""
        return self.fleet.mode

    @read_replication.setter
    def read_replication(self, mode: str) -> None:
        self.fleet.replicate(mode)

    @property
    def replica_lag(self) -> float:
        """The mean of how many seconds later a replica hears of a commit; 0 is at once."""
        return self._replica_lag

    @replica_lag.setter
    def replica_lag(self, lag: float | str) -> None:
        seconds = durations.seconds(lag)
        if seconds < 0:
            raise LabError(f"replica_lag = {lag!r}: a replica hears of a commit 0 seconds later or more.")
        self._replica_lag = seconds

    @property
    def replicas(self) -> dict[str, Replica]:
        """Its replicas by region."""
        return self.fleet.replicas

    def instances(self) -> InstanceTable:
        """Where it is, and how far behind: the primary, then the replicas."""
        return InstanceTable(instance_row(each, self.history.index) for each in self.fleet)

    # From outside any Worker.

    def execute(self, sql: str) -> list[JsDict]:
        """Run a text of SQL as `wrangler d1 execute --file` does, as one transaction: the rows' D1Results."""
        return console.execute(self, sql)

    def query(self, sql: str) -> list[JsDict]:
        """The rows of a SELECT, unbilled and in no time: what a test or a lesson looks at."""
        return console.query(self, sql)

    def dump(self) -> bytes:
        """The database as a SQLite file."""
        return b"".join(self.history.pages)

    def lose(self, colo: str) -> None:
        """A place has failed: what was under way there is lost, and its instances go on elsewhere."""
        self.fleet.lose(colo)

    @property
    def stored_bytes(self) -> int:
        """Bytes of the pages in use; 0 until somebody has asked for it."""
        return self.history.used_bytes

    def stored_units(self) -> dict[str, float]:
        """What a month of what is stored now is billed as."""
        return {"d1.storage_gb_mo": self.stored_bytes / 1e9} if self.stored_bytes else {}

    def snapshot(self) -> tuple[Any, ...]:
        """All that is stored, and what each replica knows of it. Refuses while a query is under way."""
        self.refuse_under_way()
        account = self.account
        return (
            self.history.snapshot(), self.fleet.snapshot(), self.replica_lag, self.is_marked, self.down_until,
            list(self.time_travel.restored), (account.day, account.read, account.written),
        )  # fmt: skip

    def restore(self, state: tuple[Any, ...]) -> None:
        """Go back to a snapshot. Bindings that are in use keep working."""
        history, fleet, self.replica_lag, self.is_marked, self.down_until, restored, day = state
        self.disk.close()
        self.history.restore(history)
        self.fleet.restore(fleet)
        self.time_travel.restored = list(restored)
        self.account.day, self.account.read, self.account.written = day

    # What its paths and its console need.

    def refuse_under_way(self) -> None:
        """It may be that nobody waits for a query any more, and it still goes on."""
        if any(each.thread.is_busy for each in self.fleet):
            raise LabError(f"A query of {self.name} is under way: let it end first, with lab.advance(...).")

    def path(self, colo: str) -> Path:
        """How this place reaches it."""
        if colo not in self._paths:
            self._paths[colo] = Direct(self) if self.world.links is None else Routed(self, colo)
        return self._paths[colo]

    def reach(self, colo: str) -> Primary:
        """The primary: born, where there is none yet, near whoever asks."""
        is_born = self.fleet.primary is not None
        primary = self.fleet.reach(colo)
        if not is_born and not self.history.index:
            own.create(self)
        return primary

    def commit(self) -> None:
        """Keep what was written, and let the replicas know."""
        if self.disk.commit():
            self.fleet.hear(self.history.index)

    def put_back(self, index: int, refusal: Refused) -> None:
        """Be as after an earlier commit again. What is under way is refused."""
        self.fleet.cancel(refusal)
        self.history.go_back(index, self.world.unix)
        self.fleet.hear(self.history.index)

    def bookmark(self, index: int) -> str:
        """The bookmark of a commit."""
        return bookmark(self.id, index, self.history.unix_of(index))

    def bill(self, answer: Answer) -> dict[str, float]:
        """The rows of a call, by meter."""
        read = written = 0
        for each in answer.results:
            read += each.rows_read
            written += each.rows_written
        self.account.count(read, written)
        units = {"d1.rows_read": float(read)} if read else {}
        return units | {"d1.rows_written": float(written)} if written else units
