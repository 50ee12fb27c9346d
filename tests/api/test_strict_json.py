"""The strict reading of JSON: what it takes, what it refuses, what it tells."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.strict_json import (
    MAX_DEPTH,
    MAX_VALUES,
    Flaw,
    JsonValue,
    StrictJsonError,
    TextProblem,
    check_texts,
    decode,
    parse,
    safe_pointer,
    without_nulls,
)
from app.domain.canonical import canonical

CANARY = "kanarialintu"
IDENTITY_CODE = "131052-308T"
KNOWN = frozenset({"data", "child", "ref", "reasons"})

fit_texts = st.text(
    st.characters(
        codec="utf-8", exclude_characters="".join(map(chr, [*range(0x20), 0x7F]))
    )
)
json_values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | fit_texts,
    lambda children: st.lists(children) | st.dictionaries(fit_texts, children),
    max_leaves=20,
)


def refusal(read: Callable[..., JsonValue], body: bytes) -> StrictJsonError:
    """Return the error of reading *body*, which tells nothing that stands in it."""
    with pytest.raises(StrictJsonError) as caught:
        read(body, known=KNOWN)
    error = caught.value
    told = f"{error} {error!r} {error.pointer} {error.message} {error.remedy}"
    assert CANARY not in told
    assert error.message
    assert error.remedy
    return error


def array(items: int, item: str) -> bytes:
    return f"[{','.join([item] * items)}]".encode()


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


@pytest.mark.parametrize("read", [parse, decode])
@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(b"", "malformed_json", id="nothing"),
        pytest.param(b" \n", "malformed_json", id="white space alone"),
        pytest.param(b'{"kanarialintu"', "malformed_json", id="cut off"),
        pytest.param(b'{"a":1,}', "malformed_json", id="trailing comma"),
        pytest.param(b"{'a':1}", "malformed_json", id="single quotes"),
        pytest.param(b"{} {}", "malformed_json", id="two documents"),
        pytest.param(b"{} kanarialintu", "malformed_json", id="more after the end"),
        pytest.param(b"// kanarialintu\n{}", "malformed_json", id="a comment"),
        pytest.param(b"[01]", "malformed_json", id="leading zero"),
        pytest.param(b"[+1]", "malformed_json", id="plus sign"),
        pytest.param(b"[0x1F]", "malformed_json", id="hexadecimal"),
        pytest.param(b"[1.]", "malformed_json", id="no digit after the point"),
        pytest.param(b"[True]", "malformed_json", id="Python"),
        pytest.param(b'"\\x41"', "malformed_json", id="unknown escape"),
        pytest.param(b'"\\u12"', "malformed_json", id="cut escape"),
        pytest.param(b"\x0b1", "malformed_json", id="another white space"),
        pytest.param(b'\xef\xbb\xbf{"a":1}', "byte_order_mark", id="BOM"),
        pytest.param('{"a":1}'.encode("utf-16"), "not_utf8", id="UTF-16, BOM"),
        pytest.param('{"a":1}'.encode("utf-16-le"), "not_utf8", id="UTF-16 LE"),
        pytest.param('{"a":1}'.encode("utf-16-be"), "not_utf8", id="UTF-16 BE"),
        pytest.param('{"a":1}'.encode("utf-32-le"), "not_utf8", id="UTF-32 LE"),
        pytest.param('{"a":1}'.encode("utf-32-be"), "not_utf8", id="UTF-32 BE"),
        pytest.param('"kanarialintu ä"'.encode("latin-1"), "not_utf8", id="Latin-1"),
        pytest.param(b'"\xc0\xaf"', "not_utf8", id="overlong"),
        pytest.param(b'"\xed\xa0\x80"', "not_utf8", id="a surrogate in UTF-8"),
        pytest.param(b"[NaN]", "non_finite_number", id="NaN"),
        pytest.param(b"[Infinity]", "non_finite_number", id="Infinity"),
        pytest.param(b"[-Infinity]", "non_finite_number", id="minus Infinity"),
        pytest.param(b"[1e999]", "number_out_of_range", id="beyond a double"),
        pytest.param(b"[-1e999]", "number_out_of_range", id="below a double"),
        pytest.param(b"[100000000000000000000]", "number_out_of_range", id="10^20"),
        pytest.param(b"[9223372036854775808]", "number_out_of_range", id="2^63"),
        pytest.param(b"[-9223372036854775809]", "number_out_of_range", id="-2^63-1"),
        pytest.param(b"9" * 5_000, "number_out_of_range", id="5,000 digits"),
        pytest.param(nested(MAX_DEPTH + 1), "too_deep", id="33 levels"),
        pytest.param(nested(100_000), "too_deep", id="100,000 levels"),
        pytest.param(b'{"a":' * 33 + b"1" + b"}" * 33, "too_deep", id="33 objects"),
        pytest.param(b"[" * 90_000, "too_deep", id="unclosed"),
        pytest.param(array(MAX_VALUES + 1, "[]"), "too_many_values", id="empty arrays"),
        pytest.param(array(MAX_VALUES + 2, "0"), "too_many_values", id="many numbers"),
        pytest.param(b'"\x00kanarialintu"', "not_utf8", id="NUL at the start"),
        pytest.param(b'"kanarialintu\x00"', "control_character", id="raw NUL"),
        pytest.param(b'"kanarialintu\n"', "control_character", id="raw line break"),
    ],
)
def test_what_is_not_strict_json_is_refused(
    read: Callable[..., JsonValue], body: bytes, code: str
) -> None:
    assert refusal(read, body).code == code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(rb'"\u0000kanarialintu"', "control_character", id="NUL"),
        pytest.param(rb'"kanarialintu\u001f"', "control_character", id="U+001F"),
        pytest.param(rb'"kanarialintu\n"', "control_character", id="line break"),
        pytest.param(rb'"kanarialintu\u007f"', "control_character", id="U+007F"),
        pytest.param(b'"kanarialintu\x7f"', "control_character", id="raw U+007F"),
        pytest.param(rb'{"kanarialintu\t": 1}', "control_character", id="in a name"),
        pytest.param(rb'"kanarialintu\ud800"', "lone_surrogate", id="high half"),
        pytest.param(rb'"\udc00kanarialintu"', "lone_surrogate", id="low half"),
        pytest.param(rb'"\udc00\ud800"', "lone_surrogate", id="halves swapped"),
        pytest.param(rb'{"\udfff": 1}', "lone_surrogate", id="half in a name"),
    ],
)
def test_an_unfit_text_is_refused_by_parse_and_left_to_the_check_by_decode(
    body: bytes, code: str
) -> None:
    assert refusal(parse, body).code == code

    assert [problem.code for problem in check_texts(decode(body))] == [code]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        pytest.param(b'{"data":1,"data":2}', "/data", id="duplicate member"),
        pytest.param(b'{"kanarialintu":1,"kanarialintu":2}', "/*", id="unknown name"),
        pytest.param(
            b'[{},{"data":{"ref":1,"ref":1}}]', "/1/data/ref", id="in a batch"
        ),
        pytest.param(b'{"data":{"a":[1,NaN]}}', "/data/*/1", id="NaN"),
        pytest.param(b'{"child":[1,1e999]}', "/child/1", id="beyond a double"),
        pytest.param(b'{"ref":18446744073709551616}', "/ref", id="integer"),
        pytest.param(rb'{"data":{"ref":"\u0000"}}', "/data/ref", id="NUL"),
        pytest.param(rb'{"reasons":["ok","\ud800"]}', "/reasons/1", id="surrogate"),
        pytest.param(b"NaN", "", id="the whole body"),
        pytest.param(b'[NaN, "data', "", id="unknown, as the rest is malformed"),
        pytest.param(b"[" * 40 + b"NaN" + b"]" * 40, "", id="unknown, as too deep"),
        pytest.param(b"[NaN," + nested(100_000 - 1) + b"]", "", id="hopelessly deep"),
        pytest.param(b'{"ref":true', "", id="malformed"),
    ],
)
def test_the_pointer_names_the_place_by_known_names_only(
    body: bytes, pointer: str
) -> None:
    assert refusal(parse, body).pointer == pointer


def test_the_first_of_several_errors_is_told() -> None:
    error = refusal(parse, b'{"data":{"ref":[NaN],"ref":1},"child":1e999}')

    assert (error.code, error.pointer) == ("non_finite_number", "/data/ref/0")


def test_malformed_json_is_told_by_line_and_column() -> None:
    error = refusal(parse, b'{"a": 1,\n "kanarialintu"}')

    assert error.message.endswith("Reading stopped at line 2, column 16.")


@pytest.mark.parametrize(
    ("body", "value"),
    [
        pytest.param(b"9223372036854775807", 2**63 - 1, id="2^63-1"),
        pytest.param(b"-9223372036854775808", -(2**63), id="-2^63"),
        pytest.param(b"1.5e3", 1500.0, id="a fraction"),
        pytest.param(b"1e-999", 0.0, id="too small for a double"),
        pytest.param(rb'"\ud83d\ude42"', "\U0001f642", id="a surrogate pair"),
        pytest.param(rb'"\u00e4\\\"\/"', 'ä\\"/', id="other escapes"),
        pytest.param('"ä\u00a0€"'.encode(), "ä\u00a0€", id="not ASCII"),
        pytest.param(b" \t\r\n[ null , true ]\n", [None, True], id="white space"),
        pytest.param(b'["[[[[", "}}"]', ["[[[[", "}}"], id="brackets in texts"),
        pytest.param(b'{"a":{"a":1},"b":{"a":1}}', None, id="one name on two levels"),
    ],
)
def test_what_is_strict_json_is_taken(body: bytes, value: JsonValue) -> None:
    assert parse(body) == (json.loads(body) if value is None else value)


def test_32_levels_are_taken() -> None:
    parse(nested(MAX_DEPTH))
    parse(b'{"a":' * MAX_DEPTH + b"1" + b"}" * MAX_DEPTH)


def test_many_shallow_values_are_taken() -> None:
    assert parse(array(1_000, '{"a":[1]}')) == [{"a": [1]}] * 1_000


def test_brackets_in_texts_do_not_hide_depth() -> None:
    hidden = b'["]",' * 40 + b"1" + b',"["]' * 40

    assert refusal(parse, hidden).code == "too_deep"


@given(json_values)
def test_what_a_json_library_writes_is_read_back(value: JsonValue) -> None:
    assert parse(json.dumps(value).encode()) == value
    assert parse(json.dumps(value, ensure_ascii=False, indent=1).encode()) == value


@given(st.binary())
def test_random_bytes_are_read_or_refused(body: bytes) -> None:
    for read in (parse, decode):
        try:
            value = read(body)
        except StrictJsonError:
            continue
        assert value == json.loads(body)


JSON_PIECES = [
    *'{}[],:"\\',
    r"\u0000",
    r"\ud800",
    '"a"',
    '"b"',
    "1",
    "1e999",
    "-0",
    "NaN",
]


@given(st.lists(st.sampled_from(JSON_PIECES), max_size=30).map("".join))
def test_random_json_pieces_are_read_or_refused(body: str) -> None:
    try:
        value = parse(body.encode())
    except StrictJsonError:
        return
    assert not {"control_character", "lone_surrogate"} & {
        problem.code for problem in check_texts(value)
    }


def problems(value: JsonValue, max_length: int = 200) -> list[tuple[str, str]]:
    """Return pointer and code of each problem; none of them tells what was sent."""
    found = check_texts(value, max_length=max_length, known=KNOWN)
    assert CANARY not in repr(found)
    assert IDENTITY_CODE not in repr(found)
    return [(problem.pointer, problem.code) for problem in found]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param({"ref": "p-81f3", "reasons": ["a", 1, None, 1.5]}, [], id="fit"),
        pytest.param({}, [], id="no text at all"),
        pytest.param(7, [], id="a number"),
        pytest.param("Pähkinärinne\u00a0\u2028\u0378", [], id="rare but fit"),
        pytest.param(f"{CANARY}\x00", [("", Flaw.CONTROL_CHARACTER)], id="NUL"),
        pytest.param("\x7f", [("", Flaw.CONTROL_CHARACTER)], id="U+007F"),
        pytest.param(f"ä{CANARY}\ud800", [("", Flaw.LONE_SURROGATE)], id="surrogate"),
        pytest.param(IDENTITY_CODE, [("", Flaw.IDENTITY_CODE)], id="identity code"),
        pytest.param("x" * 200, [], id="as long as allowed"),
        pytest.param("x" * 201, [("", Flaw.TEXT_TOO_LONG)], id="one too long"),
        pytest.param(
            {"x" * 201: 1}, [("/*", Flaw.TEXT_TOO_LONG)], id="a name too long"
        ),
        pytest.param(
            {"data": {IDENTITY_CODE: {"ref": IDENTITY_CODE}}},
            [("/data/*", Flaw.IDENTITY_CODE), ("/data/*/ref", Flaw.IDENTITY_CODE)],
            id="in a name and below it",
        ),
        pytest.param(
            [{"ref": "ok"}, {"reasons": ["ok", IDENTITY_CODE]}, {"ref": "\t"}],
            [
                ("/1/reasons/1", Flaw.IDENTITY_CODE),
                ("/2/ref", Flaw.CONTROL_CHARACTER),
            ],
            id="two items of a batch",
        ),
        pytest.param(
            f"\x00\ud800 {IDENTITY_CODE} {'x' * 200}",
            [
                ("", Flaw.TEXT_TOO_LONG),
                ("", Flaw.CONTROL_CHARACTER),
                ("", Flaw.LONE_SURROGATE),
                ("", Flaw.IDENTITY_CODE),
            ],
            id="everything at once",
        ),
    ],
)
def test_every_problem_of_every_text_is_told(
    value: JsonValue, expected: list[tuple[str, str]]
) -> None:
    assert problems(value) == expected


def test_a_code_over_two_texts_is_no_code() -> None:
    assert problems(["131052", "-308T"]) == []
    assert problems(["131052-", "308T"]) == []


def test_the_remedy_names_the_allowed_length() -> None:
    assert check_texts("xxxx", max_length=3) == (
        TextProblem(
            pointer="",
            code=Flaw.TEXT_TOO_LONG,
            message="A text is too long.",
            remedy="Shorten the text to at most 3 characters.",
        ),
    )


def test_the_first_20_problems_of_each_item_are_told() -> None:
    crowded: JsonValue = [IDENTITY_CODE] * 1_000

    told = problems([crowded, "ok", crowded])

    assert [pointer for pointer, _ in told] == [
        f"/{item}/{index}" for item in (0, 2) for index in range(20)
    ]
    assert len(problems({"reasons": crowded})) == 20


@given(st.lists(st.text() | st.just(IDENTITY_CODE)), st.integers(0, 12))
def test_many_texts_are_judged_as_each_alone(texts: list[str], longest: int) -> None:
    alone = [
        (f"/{index}{pointer}", code)
        for index, text in enumerate(texts)
        for pointer, code in problems(text, longest)
    ]

    assert problems([*texts], longest) == alone


@pytest.mark.parametrize(
    ("location", "pointer"),
    [
        pytest.param((), "", id="the whole"),
        pytest.param(("data", "reasons", 3), "/data/reasons/3", id="known"),
        pytest.param((0, IDENTITY_CODE, "ref"), "/0/*/ref", id="unknown"),
        pytest.param(("a/b", "m~n"), "/a~1b/m~0n", id="escaped"),
        pytest.param(("",), "/*", id="no name"),
    ],
)
def test_a_pointer_shows_known_names_only(
    location: tuple[str | int, ...], pointer: str
) -> None:
    assert safe_pointer(location, KNOWN | {"a/b", "m~n"}) == pointer


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param({"b": 1, "a": 2}, '{"a":2,"b":1}', id="sorted"),
        pytest.param({"a": None, "b": {"c": None}}, '{"b":{}}', id="no nulls"),
        pytest.param([None, {"a": None}], "[null,{}]", id="nulls in arrays stay"),
        pytest.param("ä\n\U0001f642", '"ä\\n\U0001f642"', id="characters as they are"),
        pytest.param(True, "true", id="a bare value"),
    ],
)
def test_canonical_json_is_one_text(value: JsonValue, text: str) -> None:
    assert canonical(without_nulls(value)) == text


@given(st.dictionaries(fit_texts, json_values, max_size=5), st.data())
def test_canonical_json_does_not_depend_on_the_order_of_members(
    value: dict[str, JsonValue], data: st.DataObject
) -> None:
    shuffled = dict(data.draw(st.permutations(list(value.items()))))

    assert canonical({"a": [shuffled]}) == canonical({"a": [value]})


@given(json_values)
def test_canonical_json_is_its_own_canonical_form(value: JsonValue) -> None:
    text = canonical(value)

    assert canonical(json.loads(text)) == text
