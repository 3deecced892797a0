"""Placement: a Worker's fetch handler runs near its back end instead of near the visitor.

| | |
|---|---|
| modelled | `placement` by `region` (the clouds' names), or by `hostname` or `host` (a host of `origins`) |
| | `mode` "smart" or "off" |
| | Smart: by the request durations of places where the Worker has run, plus the way there, every 15 minutes |
| | 1 % of requests stay as a baseline; where placement turns out slower, it is given up |
| | The header `cf-placement`: `remote-IAD` where a request was forwarded, `local-SYD` where not; none when off |
| | A forwarded request is a `placement.forward` in the trace; a WebSocket's messages go the whole way |
| | Static assets and hosts of the platform's own are answered where the request enters |
| simplified | One choice a place where requests enter; what is enough traffic, and much faster, are assumptions |
| | A visitor's requests alone are placed, not those of a service binding |
| | Of a body that comes in parts the first part takes the way back, the others are there as they are written |
| | Where the place fails that runs a request, the visitor gets no answer |
| not modelled | Probes of a host (its place is known), spreading at extreme rates, maintenance, `hint` |
| sources | https://developers.cloudflare.com/workers/configuration/placement/ (read 2026-11-24) |
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from copy import deepcopy
from typing import Any

from labkit import facts
from labkit.emulators.placement.regions import nearest_place
from labkit.emulators.placement.smart import Analysis, Durations
from labkit.errors import ConfigError
from labkit.lost import spare
from labkit.network.faults import Unreachable
from labkit.workers.proxies import jsnull
from labkit.workers.response import Response
from labkit.world import World

WHERE = "https://developers.cloudflare.com/workers/configuration/placement/"
BASELINE = facts.value("placement.baseline")
HINTS = ("region", "host", "hostname")
MODES = ("off", "smart", "targeted")

Run = Callable[[str], Awaitable[Response]]
"""Runs the Worker on a request at a place."""


class Placement:
    """Where one Worker's requests run. `config` is the configuration's `placement`, `hosts` say where others stand."""

    def __init__(self, config: Mapping[str, Any], hosts: Mapping[str, str], world: World):
        checked(config)
        self.world = world
        self.target = fixed_place(config, hosts)
        self.smart = config.get("mode") == "smart"
        self.is_off = config.get("mode") == "off"
        self.analysis = Analysis()

    @property
    def status(self) -> str:
        """The state that the platform's API gives: "" before the first analysis."""
        return self.analysis.status

    @property
    def targets(self) -> dict[str, str]:
        """Where smart placement forwards requests to, by the place where they enter."""
        return dict(self.analysis.targets)

    async def respond(self, colo: str, run: Run) -> Response:
        """The Response of the Worker, run where this request is placed."""
        if self.is_off:
            return await run(colo)
        place, is_baseline = self._chosen(colo)
        begun = self.world.timeline.now
        answer, ran = await (self._run_here(colo, run) if place == colo else self._forward(colo, place, run))
        if self.smart:
            self._learn(colo, place, ran, self.world.timeline.now - begun, is_baseline)
        kind = "remote" if place != colo else "local"
        answer.js_object.headers._values["cf-placement"] = f"{kind}-{place}"
        return answer

    async def _forward(self, colo: str, place: str, run: Run) -> tuple[Response, float]:
        """The Response from another place, after the way there and back, and how long the Worker took."""
        with self.world.trace.event("placement", "forward", colo, to=place):
            await self.world.travel(colo, place)
            try:
                answer, ran = await self._run_here(place, run)
            except asyncio.CancelledError:
                self._stop_waiting_for(place)
                raise
            await self.world.travel(place, colo)
            if answer.js_object.webSocket is not jsnull:
                answer.js_object.webSocket._stretch(self.world.way(place, colo))
            return answer, ran

    async def _run_here(self, place: str, run: Run) -> tuple[Response, float]:
        """The Response, and how many seconds it took at that place."""
        arrived = self.world.timeline.now
        return await run(place), self.world.timeline.now - arrived

    def _stop_waiting_for(self, place: str) -> None:
        """Tell the visitor that the place is gone, where that is why nothing comes from it."""
        task = asyncio.current_task()
        if task and self.world.faults and self.world.faults.is_dead(place):
            spare(task)
            raise Unreachable(f"{place}, where this request was placed, failed while it ran there.") from None

    def _chosen(self, colo: str) -> tuple[str, bool]:
        """The place for a request that enters at `colo`, and whether it stays there only to be compared with."""
        if self.smart and self.world.links and self.world.timeline.now >= self.analysis.due:
            self.analysis.judge(self.world.timeline.now, self.world.links)
        target = self.target or self.analysis.targets.get(colo, colo)
        if target == colo or self.world.links is None or not self._reaches(colo, target):
            return colo, False
        if self.smart and self.world.random.random() < BASELINE:
            return colo, True
        return target, False

    def _reaches(self, colo: str, target: str) -> bool:
        return not self.world.faults or self.world.faults.reachable(colo, target)

    def _learn(self, colo: str, place: str, ran: float, whole: float, is_baseline: bool) -> None:
        self.analysis.ran.setdefault(place, Durations()).add(ran)
        if is_baseline:
            self.analysis.kept.add(whole)
        elif place != colo:
            self.analysis.forwarded.add(whole)

    def snapshot(self) -> Analysis:
        return deepcopy(self.analysis)

    def restore(self, state: Analysis) -> None:
        self.analysis = deepcopy(state)


def checked(config: Mapping[str, Any]) -> None:
    """Refuse a mode that there is not, and more than one way to say where."""
    mode = config.get("mode", "targeted")
    if mode not in MODES:
        raise ConfigError(f'"mode" in \'placement\' is "smart" or "off"; this is {mode!r}.', where=WHERE)
    given = [name for name in HINTS if name in config] + (["mode"] if mode in ("smart", "off") else [])
    if len(given) > 1:
        raise ConfigError(f"'placement' has {' and '.join(map(repr, given))}; it takes one of them.", where=WHERE)
    if mode == "targeted" and not given:
        raise ConfigError(f"'placement' says nothing: give mode, {', '.join(HINTS)}.", where=WHERE)


def fixed_place(config: Mapping[str, Any], hosts: Mapping[str, str]) -> str | None:
    """The place that a hint names; None where there is none."""
    if "region" in config:
        return nearest_place(config["region"])
    for name in ("host", "hostname"):
        if name in config:
            host = str(config[name]).partition(":")[0]
            if host not in hosts:
                raise ConfigError(f"'placement' names the {name} {config[name]!r}, and Lab(..., origins=...) has "
                                  f"{', '.join(hosts) or 'none'}.", where=WHERE)  # fmt: skip
            return hosts[host]
    return None
