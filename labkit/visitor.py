"""The visitor's side of a request: what a browser far away sends, and what it receives."""

from __future__ import annotations

import json as json_text
from typing import Any

from labkit.errors import LabError
from labkit.network import places
from labkit.workers.ffi import JsProxy
from labkit.workers.request import Request
from labkit.workers.response import FetchResponse, Response


class Cf:
    """`request.cf`: where the request entered the network. Strings and numbers are as production gives them."""

    def __init__(self, place: places.Place, country: str | None):
        self.colo, self.country = place.code, country or place.country
        self.city, self.continent = place.city, place.continent
        self.latitude, self.longitude = f"{place.latitude:.5f}", f"{place.longitude:.5f}"
        self.httpProtocol, self.tlsVersion = "HTTP/3", "TLSv1.3"

    def __repr__(self) -> str:
        return f"<cf colo={self.colo} country={self.country} city={self.city!r}>"
