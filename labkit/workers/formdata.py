"""`FormData` as the SDK has it, around `js.FormData`."""

from __future__ import annotations

from collections.abc import Generator, MutableMapping
from typing import Any, TypeAlias

from labkit.workers import blob
from labkit.workers.js import blobs, forms

FormDataValue: TypeAlias = "str | blobs.Blob | blob.Blob"


class FormData(MutableMapping):
    """The fields of a form; a name may come twice. As in Workers, a missing one is jsnull and `len` fails."""

    def __init__(self, form_data: forms.FormData | dict[str, FormDataValue] | None = None):
        if isinstance(form_data, forms.FormData):
            self._js_form_data = form_data
            return
        if form_data and not isinstance(form_data, dict):
            raise TypeError("Expected form_data to be a dict or an instance of FormData")
        self._js_form_data = forms.FormData.new()
        for name, value in (form_data or {}).items():
            self.append(name, value)

    def __getitem__(self, key: str) -> Any:
        return blob.from_js(self._js_form_data.get(key))

    def __setitem__(self, key: str, value: FormDataValue) -> None:
        if isinstance(value, list):
            raise TypeError("Expected single item in arguments to FormData.__setitem__")
        self._js_form_data.set(key, _to_js(value))

    def append(self, key: str, value: FormDataValue, filename: str | None = None) -> None:
        self._js_form_data.append(key, _to_js(value), filename)

    def delete(self, key: str) -> None:
        self._js_form_data.delete(key)

    def __delitem__(self, key: str) -> None:
        self.delete(key)

    def __contains__(self, key: Any) -> bool:
        return self._js_form_data.has(key)

    def keys(self) -> Generator[str, None, None]:
        yield from self._js_form_data.keys()

    def values(self) -> Generator[Any, None, None]:
        yield from map(blob.from_js, self._js_form_data.values())

    def items(self) -> Generator[tuple[str, Any], None, None]:
        yield from ((name, blob.from_js(value)) for name, value in self._js_form_data._fields)

    def __iter__(self) -> Generator[str, None, None]:
        return self.keys()

    def __len__(self) -> int:
        return len(self.keys())  # type: ignore[arg-type]  # the SDK fails here too: a generator has no length

    def get_all(self, key: str) -> list[Any]:
        return [blob.from_js(value) for value in self._js_form_data.getAll(key)]

    @property
    def js_object(self) -> forms.FormData:
        return self._js_form_data


def _to_js(value: Any) -> Any:
    return value.js_object if isinstance(value, blob.Blob) else value
