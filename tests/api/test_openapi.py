"""The OpenAPI document: what an integrator reads, pastes and generates clients from."""

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

import pytest
from fastapi.testclient import TestClient

from app.api.problems import PROBLEMS
from app.db.database import Database, connect
from app.domain.access import Role
from app.domain.events import TOLD
from app.main import create_app
from tests.conftest import Headers, bearer

Json: TypeAlias = dict[str, Any]
METHODS = {"get", "put", "post", "delete", "patch"}
NEEDS_NO_KEY = {
    *("/v1/deadlines/explanation", "/v1/definitions"),
    *("/health/live", "/health/ready"),
}
PROBLEM = "application/problem+json"
KINDS = {kind.value for kind in TOLD}


@pytest.fixture(scope="module")
def document() -> Json:
    """Give the document as the service answers it, for which it needs no database."""
    app = create_app(connect("postgresql://nobody@127.0.0.1:1/nothing"))
    answer = TestClient(app).get("/openapi.json")
    found: Json = answer.json()
    return found


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Give each path, method and operation of *document*."""
    for path, item in document["paths"].items():
        assert item.keys() <= METHODS
        for method, operation in item.items():
            yield path, method, operation


def nodes(node: object) -> Iterator[Json]:
    """Give every object in *node*, itself included."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from nodes(value)


def resolved(document: Json, schema: Json) -> Json:
    """Return *schema*, or what it refers to."""
    while "$ref" in schema:
        found: Any = document
        for name in schema["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        schema = found
    return schema


def test_the_document_has_the_shape_of_openapi_3_1(document: Json) -> None:
    assert re.fullmatch(r"3\.1\.\d+", document["openapi"])
    assert document["info"]["title"] == "Määräaika"
    assert document["info"]["version"]
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names)) >= 9
    for path, _, operation in operations(document):
        assert operation["description"].strip(), path
        assert operation["responses"]
        declared = {
            parameter["name"]
            for parameter in operation.get("parameters", [])
            if parameter["in"] == "path" and parameter.get("required")
        }
        assert declared == set(re.findall(r"{(\w+)}", path))


def test_every_reference_leads_somewhere(document: Json) -> None:
    references = [node for node in nodes(document) if "$ref" in node]

    assert references
    for reference in references:
        assert resolved(document, reference)


def test_events_are_one_of_several_kinds_told_apart_by_kind(document: Json) -> None:
    body = document["paths"]["/v1/events"]["post"]["requestBody"]
    event = resolved(document, body["content"]["application/json"]["schema"])
    batch = document["paths"]["/v1/events/batch"]["post"]["requestBody"]
    events = batch["content"]["application/json"]["schema"]

    assert body["required"]
    assert event["discriminator"]["propertyName"] == "kind"
    mapping = event["discriminator"]["mapping"]
    assert mapping.keys() >= KINDS
    assert sorted(mapping.values()) == sorted(each["$ref"] for each in event["oneOf"])
    for kind, reference in mapping.items():
        named = resolved(document, {"$ref": reference})["properties"]["kind"]
        assert named["const"] == kind
    kinds = [resolved(document, each) for each in event["oneOf"]]
    for kind in kinds:
        assert kind["additionalProperties"] is False
        assert {"id", "source", "case_ref", "kind", "data"} <= set(kind["required"])
        assert resolved(document, kind["properties"]["data"])["properties"]
    assert resolved(document, events["items"]) == event
    assert events["maxItems"] == 1_000


def test_every_route_documents_its_problems(document: Json) -> None:
    for path, _, operation in operations(document):
        refused = {
            status: resolved(document, response)
            for status, response in operation["responses"].items()
            if status >= "400"
        }
        assert {"400", "413", "415", "422", "500", "503"} <= refused.keys(), path
        assert ("401" in refused) is ("403" in refused) is ("security" in operation)
        for response in refused.values():
            assert response["description"]
            assert list(response["content"]) == [PROBLEM], path
            schema = resolved(document, response["content"][PROBLEM]["schema"])
            assert set(schema["required"]) == {"type", "title", "status", "detail"}
            assert "errors" in schema["properties"]


def test_every_problem_may_be_the_answer_of_some_route(document: Json) -> None:
    documented = {
        int(status)
        for _, _, operation in operations(document)
        for status in operation["responses"]
    }

    # Of an address that is no route of ours the document says nothing.
    assert {status for status, _, _ in PROBLEMS.values()} <= documented | {405}


def test_every_route_that_needs_a_key_says_so(
    client: TestClient, document: Json
) -> None:
    for path, method, operation in operations(document):
        needs_key = path not in NEEDS_NO_KEY
        assert bool(operation.get("security")) is needs_key, path
        url = re.sub(r"{\w+}", "x", path)
        answered = client.request(method, url).status_code
        assert (answered == 401) is needs_key, path
    schemes = document["components"]["securitySchemes"]
    assert [(s["type"], s["scheme"]) for s in schemes.values()] == [("http", "bearer")]


def test_every_example_works_when_it_is_pasted(
    client: TestClient, headers: Headers, database: Database, document: Json
) -> None:
    auditor = bearer(database, Role.AUDITOR)
    tried = []
    # First what is sent, then what is asked: the questions are about the example.
    for path, method, operation in sorted(
        operations(document), key=lambda each: each[1] == "get"
    ):
        url, query = _filled_in(path, operation)
        body = _body_example(document, operation)
        # Each route is for the callers of one role or two; those of another get 403.
        answers = [
            client.request(method, url, params=query, json=body, headers=key)
            for key in (headers.integrator, headers.lead, headers.admin, auditor)
        ]
        statuses = {answer.status_code for answer in answers}
        assert statuses & {200, 201}, (path, [answer.text for answer in answers])
        assert statuses <= {200, 201, 403}, path
        tried.append(path)
    assert {"/v1/events", "/v1/cases/{source}/{case_ref}"} <= set(tried)


def _filled_in(path: str, operation: Json) -> tuple[str, Json]:
    """Return the address and the query that the examples of the parameters make."""
    query = {}
    for parameter in operation.get("parameters", []):
        examples = parameter["schema"].get("examples", [])
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", str(examples[0]))
        elif examples:
            query[parameter["name"]] = examples[0]
        else:
            assert not parameter.get("required"), parameter["name"]
    return path, query


def _body_example(document: Json, operation: Json) -> object:
    """Return the example of the body, which stands beside the schema or in it."""
    if "requestBody" not in operation:
        return None
    content = operation["requestBody"]["content"]["application/json"]
    if "example" in content:
        return content["example"]
    return resolved(document, content["schema"])["example"]


def test_the_example_of_an_event_is_new_and_then_known(
    client: TestClient, headers: Headers, document: Json
) -> None:
    post = document["paths"]["/v1/events"]["post"]
    example = _body_example(document, post)

    first = client.post("/v1/events", json=example, headers=headers.integrator)
    again = client.post("/v1/events", json=example, headers=headers.integrator)

    assert (first.status_code, again.status_code) == (201, 200)
    assert {"200", "201"} <= post["responses"].keys()
    schema = post["responses"]["201"]["content"]["application/json"]["schema"]
    accepted = resolved(document, schema)
    assert set(accepted["required"]) <= first.json().keys()
    assert first.json().keys() <= accepted["properties"].keys()
    receipt = resolved(document, {"$ref": "#/components/schemas/Receipt"})
    assert set(receipt["required"]) <= first.json()["receipt"].keys()


def test_the_documentation_answers_without_a_key(client: TestClient) -> None:
    answer = client.get("/docs")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "/openapi.json" in client.get("/docs/start.js").text
