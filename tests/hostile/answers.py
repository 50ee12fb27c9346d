"""What every answer must be, whatever was asked."""

import json

from app.api.errors import MEDIA_TYPE, PROBLEMS, TYPE
from tests.hostile.calls import Answer, Call
from tests.hostile.marks import WORD, forbidden_in
from tests.hostile.service import Service

TYPES = {TYPE + code.replace("_", "-") for code in PROBLEMS}
# A hostile value in a path may lead to another route, or to none.
ANYWHERE = {404, 405}
# What is no HTTP, the server refuses before the service sees it.
REACHED = b"x-request-id"


def check(service: Service, call: Call, answer: Answer) -> None:
    """Make sure that *answer* is one of the document's, and tells nothing of *call*."""
    told = answer.head + answer.body
    assert forbidden_in(told) == [], (call, answer)
    if REACHED not in answer.head:
        assert answer.status == 400, (call, answer)
        return
    assert answer.status < 500, (call, answer)
    assert answer.status in documented(service, call) | ANYWHERE, (call, answer)
    if answer.status < 400:
        return
    assert WORD.encode() not in told, (call, answer)
    assert answer.media_type == MEDIA_TYPE, (call, answer)
    if call.method != "HEAD":
        problem = json.loads(answer.body)
        assert problem["type"] in TYPES, (call, answer)
        assert problem["status"] == answer.status, (call, answer)


def documented(service: Service, call: Call) -> set[int]:
    """Return the statuses that the document names for *call*."""
    operation = service.document["paths"][call.path].get(call.method.lower(), {})
    return {int(status) for status in operation.get("responses", ())}
