"""What every answer must be, whatever was asked."""

import json

from app.api.problems import MEDIA_TYPE, PROBLEMS, TYPE
from tests.hostile.calls import Answer, Call
from tests.hostile.marks import WORD, forbidden_in
from tests.hostile.service import Json, Service

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
    # A page shows its reader once more what was wrong in a form; the API never does.
    if call.path in service.document["paths"]:
        _check_document(service, call, answer)


def _check_document(service: Service, call: Call, answer: Answer) -> None:
    assert answer.status in _documented(service, call) | ANYWHERE, (call, answer)
    if answer.status < 400:
        return
    assert WORD.encode() not in answer.head + answer.body, (call, answer)
    assert answer.media_type == MEDIA_TYPE, (call, answer)
    if call.method != "HEAD":
        problem = json.loads(answer.body)
        assert problem["type"] in TYPES, (call, answer)
        assert problem["status"] == answer.status, (call, answer)


def _documented(service: Service, call: Call) -> set[int]:
    """Return the statuses of the route, or for another method those of all routes."""
    operation = service.document["paths"][call.path].get(call.method.lower())
    if operation is not None:
        return _statuses(operation)
    of_all = (_statuses(each) for _, _, each in service.operations())
    return set.intersection(*of_all) | {401, 403}


def _statuses(operation: Json) -> set[int]:
    return {int(status) for status in operation["responses"]}
