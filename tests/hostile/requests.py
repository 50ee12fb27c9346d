"""Malformed requests, made after the OpenAPI document so that none is forgotten."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from tests.hostile.calls import Call, Header
from tests.hostile.marks import EMAIL_ADDRESS, IDENTITY_CODE, PHONE_NUMBER, WORD
from tests.hostile.service import Json, Service

HOLE = "@@HOLE@@"
OTHER_METHODS = ["DELETE", "PATCH", "TRACE", "HEAD"]

# Texts that have broken others.
NASTY = (
    *(WORD, IDENTITY_CODE, PHONE_NUMBER, EMAIL_ADDRESS, IDENTITY_CODE.lower()),
    *(f"{WORD} {IDENTITY_CODE}", f"{WORD}\0", f"\n{WORD}: x", f"\x1b[31m{WORD}"),
    *("", " ", ".", "..", "/", "\\", "%", "%00", "null", "None", "true", "-1", "0"),
    *("9" * 19, "9" * 400, "1e999", "NaN", "-0", "0x10", "1_000", "\u0661\u0662"),
    *("0001-01-01", "9999-12-31", "2026-02-30", "2026-10-05T14:20:00", "1760054400"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-W01-1"),
    *("a" * 201, "ä" * 5_000, "\U0001f642", "\u202e" + WORD, "\ufeff", "\u2028"),
    *("' OR '1'='1", "'; DROP TABLE case_event; --", "${jndi:x}", "{{7*7}}", "<b>"),
    *("../../etc/passwd", "a\r\nSet-Cookie: " + WORD, "=1+1", "{" + WORD + "}"),
)
# JSON that models let through or fall over, each in the place of one value.
TOKENS = (
    *("1e999", "-1e999", "NaN", "Infinity", "-Infinity", "1" * 20, "1" * 5_000),
    *("-0", "0.1", "1e400", "01", "+1", "0x1", "true", "null", "[]", "{}", '""'),
    *(r'"\u0000"', r'"\ud800"', r'"\udfff\ud800"', '"\\x00"', '"\x00"', '"\x1f"'),
    *("[" * 33 + "]" * 33, "[" * 5_000, '{"a":' * 40 + "1" + "}" * 40),
    *(f'{{"{WORD}":1,"{WORD}":2}}', '{"a":1,"a":1}', f'{{"{IDENTITY_CODE}":1}}'),
    *(f'"{WORD}', f"'{WORD}'", f"{WORD}", f'"{"x" * 300}{WORD}"', "[1,]", '{"a":1,}'),
    *(json.dumps(each) for each in NASTY),
)
# What a form may well hold, so that not every field is wrong at once.
FITTING = ("leppavaara", "client-a", "2026-12-01", "initiation", "1", "county")
MEDIA_TYPES = (
    *(b"application/json", b"application/json; charset=utf-8", b"text/plain", b""),
    *(b"application/vnd.x+json", b"application/json, text/plain", b"*/*", b"json"),
    *(b"application/json; charset=utf-16", b"multipart/form-data; boundary=x"),
    *(b"application/cloudevents+json", b"application/cloudevents-batch+json"),
    *(b"application/x-ndjson", b"application/x-www-form-urlencoded", b"\xff"),
    b"application/json;" + WORD.encode(),
)
HEADERS = (
    *(b"accept", b"accept-language", b"idempotency-key", b"content-encoding", b"range"),
    *(b"if-none-match", b"if-modified-since", b"cookie", b"origin", b"referer"),
    *(b"x-forwarded-for", b"x-forwarded-host", b"x-request-id", b"user-agent"),
    *(b"ce-id", b"ce-source", b"ce-type", b"ce-specversion", b"ce-subject", b"ce-time"),
    *(b"ce-case_ref", b"ce-" + WORD.encode(), b"expect", b"traceparent"),
    *(b"authorization", b"content-type", WORD.encode()),
)

texts = st.sampled_from(NASTY) | st.text(max_size=40) | st.just(WORD)
# No line break: it would end the header, and be a request of another kind.
header_values = st.sampled_from(
    [each.encode()[:2_000].translate(None, b"\r\n\0") for each in NASTY]
) | st.binary(max_size=60).map(lambda value: value.translate(None, b"\r\n\0"))


@st.composite
def malformed(draw: st.DrawFn, service: Service) -> Call:
    """Return a request of any route and caller, in which something is not as it is."""
    routes = [*service.operations(), *service.pages]
    path, method, operation = draw(st.sampled_from(routes))
    headers = [*draw(_credentials(service.credentials)), *draw(_headers())]
    if draw(st.booleans()):
        headers.append((b"cookie", draw(st.sampled_from(service.cookies))))
    body = b""
    if method != "GET" and "form" in operation and draw(st.integers(0, 5)):
        # From a page of ours, as it is sent; what is in it, somebody has written.
        headers.append((b"sec-fetch-site", b"same-origin"))
        headers.append((b"content-type", b"application/x-www-form-urlencoded"))
        body = draw(_form(operation["form"]))
    elif method != "GET" or draw(st.integers(0, 20)) == 0:
        sent_as, body = draw(_body(operation))
        headers.append((b"content-type", sent_as))
    return Call(
        method=draw(st.sampled_from([method] * 20 + OTHER_METHODS)),
        path=path,
        target=draw(_target(path, operation)),
        headers=tuple(headers),
        body=body,
    )


@st.composite
def _form(draw: st.DrawFn, names: Sequence[str]) -> bytes:
    """Return the fields of a form, each now and then missing or there twice."""
    fields = [
        f"{name}={draw(_encoded(draw(texts | st.sampled_from(FITTING))))}"
        for name in names
        for _ in range(draw(st.sampled_from([1] * 8 + [0, 2])))
    ]
    return "&".join(fields).encode()


@st.composite
def _credentials(draw: st.DrawFn, credentials: Mapping[str, bytes]) -> list[Header]:
    shown = draw(st.sampled_from([*credentials.values(), *credentials.values(), None]))
    if shown is None:
        kind = draw(st.sampled_from([b"Bearer ", b"Basic ", b"bearer mk_a_", b""]))
        shown = kind + draw(header_values)
    return [(b"authorization", shown)] if shown else []


@st.composite
def _headers(draw: st.DrawFn) -> list[Header]:
    names = draw(st.lists(st.sampled_from(HEADERS), max_size=2))
    return [(name, draw(header_values)) for name in names]


@st.composite
def _target(draw: st.DrawFn, path: str, operation: Json) -> bytes:
    """Return the path with values in it, and a query."""
    query: list[str] = []
    target = path
    for parameter in operation.get("parameters", ()):
        name = parameter["name"]
        if parameter["in"] == "path":
            value = draw(st.just(example(parameter)) | texts)
            target = target.replace(f"{{{name}}}", draw(_encoded(value)))
        elif parameter["in"] == "query" and draw(st.integers(0, 2)) == 0:
            value = draw(st.just(example(parameter)) | texts)
            query.append(f"{name}={draw(_encoded(value))}")
    if draw(st.integers(0, 5)) == 0:
        query.append(f"{draw(_encoded(draw(texts)))}={draw(_encoded(draw(texts)))}")
    if query and draw(st.integers(0, 5)) == 0:
        query.append(query[0])
    return (target + ("?" + "&".join(query) if query else "")).encode()


@st.composite
def _encoded(draw: st.DrawFn, value: str) -> str:
    """Return *value* in an address, now and then as nobody should write it."""
    safe = draw(st.sampled_from(["", "/", "/:+,;="]))
    broken = draw(st.sampled_from([""] * 12 + ["%ff", "%ed%a0%80", "%00", "%", "%2"]))
    return quote(value.encode("utf-8", "surrogatepass"), safe=safe) + broken


def example(parameter: Json) -> str:
    """Return a value of *parameter* that may well be right."""
    schema = parameter["schema"]
    for name in ("examples", "enum"):
        if schema.get(name):
            return str(schema[name][0])
    return str(schema.get("default", "1"))


@st.composite
def _body(draw: st.DrawFn, operation: Json) -> tuple[bytes, bytes]:
    """Return a content type, and a body that has little to do with it."""
    content = operation.get("requestBody", {}).get("content", {})
    right = [each.encode() for each in content] * 4
    sent_as = draw(st.sampled_from([*right, *MEDIA_TYPES]))
    body = draw(
        st.binary(max_size=200)
        | st.sampled_from(TOKENS).map(_utf8)
        | _spoilt(example_body(content))
    )
    wrapped = draw(st.sampled_from(["utf-8"] * 12 + ["utf-16", "utf-32", "bom", "cut"]))
    if wrapped == "bom":
        body = b"\xef\xbb\xbf" + body
    elif wrapped == "cut":
        body = body[: len(body) // 2]
    elif wrapped != "utf-8":
        body = body.decode(errors="replace").encode(wrapped)
    return sent_as, body


def example_body(content: Json) -> Any:  # noqa: ANN401 (JSON)
    """Return the body that the document shows as an example."""
    for shown in content.values():
        if "example" in shown:
            return shown["example"]
        if "example" in shown["schema"]:
            return shown["schema"]["example"]
    return {}


@st.composite
def _spoilt(draw: st.DrawFn, example: Any) -> bytes:  # noqa: ANN401 (JSON)
    """Return *example* with one or two of its values, or names, replaced."""
    text = json.dumps(example)
    for _ in range(draw(st.integers(1, 2))):
        value = json.loads(text.replace(json.dumps(HOLE), "0"))
        place = draw(st.sampled_from(places(value)))
        token = draw(st.sampled_from(TOKENS))
        text = json.dumps(with_hole(value, place)).replace(json.dumps(HOLE), token)
        if not _is_json(text):
            break
    return _utf8(text)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def places(value: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 (JSON)
    """Return the way to every value in *value*, that of itself first."""
    found: list[tuple[Any, ...]] = [()]
    if isinstance(value, dict):
        for name, child in value.items():
            found += [(name, *place) for place in places(child)]
        found.append((WORD,))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            found += [(index, *place) for place in places(child)]
    return found


def with_hole(value: Any, place: tuple[Any, ...]) -> Any:  # noqa: ANN401 (JSON)
    """Return *value* with ``HOLE`` at *place*."""
    if not place:
        return HOLE
    step, *rest = place
    if isinstance(value, list):
        changed = list(value)
        changed[step] = with_hole(value[step], tuple(rest))
        return changed
    return {**value, step: with_hole(value.get(step), tuple(rest))}


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
