"""V8's words for what is not JSON, recorded from workerd."""

from __future__ import annotations

import pytest

from labkit.workers.ffi import JsException, jsnull
from labkit.workers.js.json_parsing import load
from labkit.workers.js.json_text import parse_json

LONG = "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,x,17,18,19,20,21,22,23]"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not json", "Unexpected token 'o', \"not json\" is not valid JSON"),
        ("", "Unexpected end of JSON input"),
        ("nul", "Unexpected end of JSON input"),
        ("{", "Expected property name or '}' in JSON at position 1 (line 1 column 2)"),
        ("{'a':1}", "Expected property name or '}' in JSON at position 1 (line 1 column 2)"),
        ('{"a":1,}', "Expected double-quoted property name in JSON at position 7 (line 1 column 8)"),
        ("[1,]", "Unexpected token ']', \"[1,]\" is not valid JSON"),
        ('{"a":tru}', 'Unexpected token \'}\', "{"a":tru}" is not valid JSON'),
        ('{"a" 1}', "Expected ':' after property name in JSON at position 5 (line 1 column 6)"),
        ('{"a"}', "Expected ':' after property name in JSON at position 4 (line 1 column 5)"),
        ('{"a":1', "Expected ',' or '}' after property value in JSON at position 6 (line 1 column 7)"),
        ('{"a":[1]', "Expected ',' or '}' after property value in JSON at position 8 (line 1 column 9)"),
        ("[1", "Expected ',' or ']' after array element in JSON at position 2 (line 1 column 3)"),
        ('[{"[":1} 2', "Expected ',' or ']' after array element in JSON at position 9 (line 1 column 10)"),
        ('"abc', "Unterminated string in JSON at position 4 (line 1 column 5)"),
        ("1 2", "Unexpected non-whitespace character after JSON at position 2 (line 1 column 3)"),
        ("1\n\n 2", "Unexpected non-whitespace character after JSON at position 4 (line 3 column 2)"),
        ("x" * 60, "Unexpected token 'x', \"xxxxxxxxxx\"... is not valid JSON"),
        (LONG, "Unexpected token 'x', ...\",14,15,16,x,17,18,19\"... is not valid JSON"),
        ("NaN", '"NaN" is not valid JSON'),
        ("undefined", '"undefined" is not valid JSON'),
        ("<html>", "Unexpected token '<', \"<html>\" is not valid JSON"),
        ('{"a":"x\ty"}', "Bad control character in string literal in JSON at position 7 (line 1 column 8)"),
        ("[1,", "Unexpected end of JSON input"),
        (" not", """Unexpected token 'o', " not" is not valid JSON"""),
        ("a" * 20, f"""Unexpected token 'a', "{"a" * 20}" is not valid JSON"""),
        ("a" * 21, f"""Unexpected token 'a', "{"a" * 10}"... is not valid JSON"""),
        ("[1,2,3,4,5,6,7,8,9,x]", """Unexpected token 'x', ..."5,6,7,8,9,x]" is not valid JSON"""),
        (
            '{"abcdefghijklmnop": nope, "more": 1}',
            """Unexpected token 'o', ..."klmnop": nope, "more"... is not valid JSON""",
        ),
        ("[NaN]", """Unexpected token 'N', "[NaN]" is not valid JSON"""),
        ("[object Object]", '"[object Object]" is not valid JSON'),
        ('{"a":1,\n b}', "Expected double-quoted property name in JSON at position 9 (line 2 column 2)"),
        ('{"a":1, }', "Expected double-quoted property name in JSON at position 8 (line 1 column 9)"),
        ('{"a":1 x', "Expected ',' or '}' after property value in JSON at position 7 (line 1 column 8)"),
        ('{"a":[1 2]}', "Expected ',' or ']' after array element in JSON at position 8 (line 1 column 9)"),
        ('["a]", {}  x', "Expected ',' or ']' after array element in JSON at position 11 (line 1 column 12)"),
        ("12abc", "Unexpected non-whitespace character after JSON at position 2 (line 1 column 3)"),
        ('"a\nb"', "Bad control character in string literal in JSON at position 2 (line 1 column 3)"),
        ('"\\x"', "Bad escaped character in JSON at position 2 (line 1 column 3)"),
    ],
)
def test_what_is_not_json_is_a_syntax_error_in_v8s_words(text, words):
    with pytest.raises(JsException) as caught:
        load(text)
    assert str(caught.value) == f"SyntaxError: {words}"


def test_whole_numbers_beyond_what_javascript_holds_become_floats():
    assert load("[9007199254740991, 9007199254740993]") == [9007199254740991, 9007199254740992.0]
    assert isinstance(load("9007199254740993"), float)


def test_parsing_for_javascript_gives_javascripts_values():
    found = parse_json('{"a": [null, 2.0]}')
    assert found.to_py() == {"a": [jsnull, 2]}
