"""Rate limiting: `await env.LIMITER.limit({"key": user})`, counted in each place by itself and not to the last request.

| | |
|---|---|
| modelled | `limit(key)`, its options and its words of refusal (recorded from the vendor's local runtime) |
| | Each place counts for itself: a limit of 100 is 100 in Sydney and 100 in London (docs, "Locality") |
| | A machine checks its own count and hears of its neighbours' later: bursts pass beyond the limit (docs, "Accuracy") |
| | Bindings with one namespace share its counters, whatever their limits (docs, "Configuration") |
| | It takes no time and is no subrequest: nothing leaves the machine (docs, "Performance") |
| simplified | A period begins at whole multiples of itself, as locally; how production cuts time is not public |
| | Four machines a place, which hear of one another after half a second: assumptions (`facts/rate_limits.toml`) |
| | A refused request does not count, as locally; periods of 10 and of 60 seconds are counted apart |
| | A place that fails forgets its counters |
| | Network off: one exact counter, as in the vendor's local runtime |
| not modelled | Rate limiting rules of the WAF, which the same infrastructure serves |
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from labkit import facts
from labkit.emulators.javascript import text_of
from labkit.errors import ConfigError
from labkit.facts.table import Rows, Table
from labkit.workers.bindings import checked, from_platform, js_error
from labkit.world import World

__all__ = ["Counters", "Counts", "RateLimit", "RateLimits"]

WHERE = "https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/"
OPTIONS = ("key", "limit", "period")


@dataclass
class Window:
    """What one place has let pass of a key in one period.

    `heard` are those that all its machines know of, `recent` when each of the others came, and on which machine.
    """

    heard: int = 0
    recent: deque[tuple[float, int]] = field(default_factory=deque)

    def seen_by(self, machine: int, until: float) -> int:
        """How many of them a machine knows of: its own, and those of others that came no later than `until`."""
        while self.recent and self.recent[0][0] <= until:
            self.recent.popleft()
            self.heard += 1
        return self.heard + sum(each == machine for _, each in self.recent)

    @property
    def passed(self) -> int:
        return self.heard + len(self.recent)


class Counters:
    """The counters of a namespace, by the length of their period and by place and key; the last period's alone."""

    def __init__(self) -> None:
        self.periods: dict[int, tuple[int, dict[tuple[str, str], Window]]] = {}

    def windows(self, period: int, unix: float) -> dict[tuple[str, str], Window]:
        """Those that are running. A period begins with none."""
        number = int(unix // period)
        if self.periods.get(period, (None,))[0] != number:
            self.periods[period] = number, {}
        return self.periods[period][1]

    def lose(self, colo: str) -> None:
        """The place fails: its machines start again from nothing."""
        for _, windows in self.periods.values():
            for at in [at for at in windows if at[0] == colo]:
                del windows[at]

    def snapshot(self) -> bytes:
        """Every counter, as it is now."""
        return pickle.dumps(self.periods)

    def restore(self, state: bytes) -> None:
        """Go back to a snapshot. Bindings that are in use keep working."""
        self.periods = pickle.loads(state)


class Counts(Rows):
    """A row for each counter that is running: its place, key, period in seconds, count and limit, seconds left."""

    columns = ("colo", "key", "period", "count", "limit", "ends_in")

    def table(self) -> Table:
        rows = ([*(str(row[name]) for name in self.columns[:-1]), f"{row['ends_in']:,.1f} s"] for row in self)
        return Table([self.columns, *rows], right=(2, 3, 4, 5))


class RateLimits:
    """A rate limit: `binding(colo)` is what `env` holds at a place. Those of one namespace have the same `counters`."""

    def __init__(self, entry: Mapping[str, Any], world: World, counters: Counters | None = None):
        self.name, self.world, self.counters = entry["name"], world, counters or Counters()
        self.limit, self.period = _simple(entry)
        self.machines, self.sync = facts.value("rate_limits.machines"), facts.value("rate_limits.sync")

    def binding(self, colo: str) -> RateLimit:
        """The limit as a Worker at this place has it."""
        return RateLimit(self, colo)

    def counts(self) -> Counts:
        """The counters that are running, in every place."""
        unix = self.world.unix
        return Counts(
            {"colo": colo, "key": key, "period": period, "count": window.passed, "limit": self.limit,
             "ends_in": period - unix % period}
            for period in sorted(self.counters.periods)
            for (colo, key), window in sorted(self.counters.windows(period, unix).items(), key=lambda each: each[0])
        )  # fmt: skip

    def count(self, colo: str, key: str, limit: float, period: int) -> bool:
        """Whether one more request of a key may pass at a place, as far as the machine that asks knows."""
        is_exact = self.world.links is None
        windows = self.counters.windows(period, self.world.unix)
        window = windows.setdefault(("" if is_exact else colo, key), Window())
        machine = 0 if is_exact else self.world.random.randrange(self.machines)
        if window.seen_by(machine, self.world.timeline.now - self.sync) >= limit:
            return False
        window.recent.append((self.world.timeline.now, machine))
        return True


class RateLimit:
    """`env.LIMITER`."""

    def __init__(self, limits: RateLimits, colo: str):
        self._limits, self._colo = limits, colo

    def __repr__(self) -> str:
        return f"<rate limit {self._limits.name} at {self._colo}>"

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    async def limit(self, *args: Any, **keywords: Any) -> Any:
        """Count one request of a `key`. Returns a JsDict: `success` is False where the limit is reached."""
        given = checked(args[0]) if args else (checked(keywords) if keywords else None)
        with self._limits.world.trace.event("rate_limits", "limit", self._colo, name=self._limits.name) as event:
            key, limit, period = self._options(given)
            event.detail["key"] = key
            passes = self._limits.count(self._colo, key, limit, period)
            event.outcome = "ok" if passes else "limited"
            return from_platform({"success": passes})

    def _options(self, given: Any) -> tuple[str, float, int]:
        """The key, the limit and the period, or the runtime's refusal."""
        if not isinstance(given, dict | list | set | bytes):
            raise js_error("Error", "invalid rate limit options")
        found = given if isinstance(given, dict) else {str(index): each for index, each in enumerate(given)}
        if unknown := [name for name in found if name not in OPTIONS]:
            raise js_error("Error", f"bad rate limit options: [{','.join(unknown)}]")
        key, limit = found.get("key", ""), found.get("limit", self._limits.limit)
        period = found.get("period", self._limits.period)
        if not isinstance(key, str):
            raise js_error("Error", f"invalid key: {text_of(key)}")
        if not _is_number(limit):
            raise js_error("Error", f"limit must be a number: {text_of(limit)}")
        if not _is_number(period):
            raise js_error("Error", f"period must be a number: {text_of(period)}")
        if period not in facts.value("rate_limits.periods"):
            raise js_error("Error", f"unsupported period: {text_of(period)}")
        return key, limit, int(period)


def _simple(entry: Mapping[str, Any]) -> tuple[float, int]:
    """The limit and the period of a configuration's entry. Refuses what wrangler would."""
    match entry.get("simple"):
        case {"limit": int() | float() as limit, "period": 10 | 60 as period} if _is_number(limit):
            return limit, period
    raise ConfigError(
        f'The rate limit {entry["name"]!r} wants "simple": {{"limit": a number, "period": 10 or 60}}; '
        f"this is {entry.get('simple')!r}.",
        where=WHERE,
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
