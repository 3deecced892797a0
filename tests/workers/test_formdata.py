"""FormData and Blob, as the SDK has them."""

from __future__ import annotations

import pytest

from labkit.workers import Blob, BlobEnding, File, FormData
from labkit.workers.ffi import JsException, jsnull, to_js
from tests.workers.running import UNIX, run


def test_a_name_may_come_twice_and_reading_gives_the_first():
    form = FormData({"a": "b"})
    form.append("a", "c")
    assert (form["a"], form.get_all("a")) == ("b", ["b", "c"])
    assert list(form) == list(form.keys()) == ["a", "a"]
    assert list(form.values()) == ["b", "c"]
    assert list(form.items()) == [("a", "b"), ("a", "c")]


def test_setting_replaces_every_value_in_place():
    form = FormData({"a": "1", "b": "2"})
    form.append("a", "3")
    form["a"] = "x"
    assert list(form.items()) == [("a", "x"), ("b", "2")]


def test_a_missing_name_is_jsnull_and_no_keyerror():
    form = FormData()
    assert form["zz"] is form.get("zz") is jsnull
    assert "zz" not in form
    del form["zz"]


def test_deleting_and_popping_remove_every_value():
    form = FormData({"a": "b", "c": "d"})
    del form["a"]
    assert form.pop("c") == "d"
    assert list(form) == []


def test_its_length_fails_as_in_the_sdk():
    with pytest.raises(TypeError, match="^object of type 'generator' has no len\\(\\)$"):
        len(FormData())


def test_what_is_no_form_is_refused():
    with pytest.raises(TypeError, match="^Expected form_data to be a dict or an instance of FormData$"):
        FormData([("a", "b")])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="^Expected single item in arguments to FormData.__setitem__$"):
        FormData()["a"] = ["b"]  # type: ignore[assignment]


def test_values_become_text():
    assert list(FormData({"a": 1, "b": None}).items()) == [("a", "1"), ("b", "undefined")]


def test_a_blob_becomes_a_file_with_the_name_of_its_field():
    form = FormData({"a": Blob("x")})
    form.append("b", Blob("y"), "y.txt")
    assert isinstance(form["a"], File)
    assert (form["a"].name, form["b"].name) == ("a", "y.txt")


def test_a_form_wraps_javascripts():
    inner = FormData({"a": "b"}).js_object
    assert FormData(inner).js_object is inner


def test_a_blob_joins_its_parts():
    blob = Blob(["ab", b"cd", Blob("e"), to_js(b"f"), bytearray(b"g")])
    assert (blob.size, run(blob.text()), run(blob.bytes())) == (7, "abcdefg", b"abcdefg")


def test_a_blob_of_one_thing_inherits_its_type_and_of_a_list_does_not():
    typed = Blob("x", content_type="T/T")
    assert typed.content_type == "t/t"
    assert Blob(typed).content_type == "t/t"
    assert Blob([typed]).content_type == ""
    assert Blob(typed, content_type="u/u").content_type == "u/u"


def test_a_slice_loses_its_type_as_in_the_sdk():
    part = Blob("abc").slice(1, 2, "t/t")
    assert (run(part.text()), part.content_type) == ("b", "")


def test_a_blob_of_what_has_no_bytes_is_refused():
    with pytest.raises(TypeError, match="^Don't know how to handle <class 'int'> for Blob\\(\\)$"):
        Blob(5)  # type: ignore[arg-type]


@pytest.mark.parametrize("endings", [BlobEnding.NATIVE, "transparent"])
def test_endings_are_refused_as_the_runtime_does(endings):
    with pytest.raises(JsException, match="^Error: The 'endings' field on 'Options' is not implemented.$"):
        Blob("x", endings=endings)


def test_a_file_has_a_name_and_a_time():
    async def times():
        return File("a", "n").last_modified, File("a", "n", last_modified=5).last_modified

    assert run(times()) == (UNIX * 1000, 5)
    old = File("x", "n", content_type="t/t", last_modified=7)
    assert (old.name, File(old, "m").name, File(old, "m").last_modified, File(old, "m").content_type) == (
        "n",
        "m",
        7,
        "t/t",
    )
