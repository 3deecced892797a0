"""JsDict: what a JavaScript object becomes in Python, a dict whose keys can also be read as attributes."""

from __future__ import annotations


class JsDict(dict):
    """A dict with attribute access to its keys.

    A method of dict wins over a key of the same name, so a KV listing is `result["keys"]` and never
    `result.keys`; `count` is free, `items`, `values`, `get`, `pop`, `copy` and `update` are not.
    Nested dicts are JsDicts too; a missing key is an AttributeError.
    """

    def __getattr__(self, name: str):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value) -> None:
        self[name] = value
