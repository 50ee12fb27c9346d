"""Bodies that are no events, read as strictly as those that are."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Request
from pydantic import BaseModel, JsonValue, ValidationError
from pydantic_core import to_json

from app.api import strict_json
from app.api.flaws import flaws, text_flaws
from app.api.problems import ProblemError, problem
from app.api.wire import media_type, read_json

LARGEST_BODY = 100_000
LONGEST_PROSE = 4_000
Body = TypeVar("Body", bound=BaseModel)


def strict_body(
    model: type[Body],
    known: frozenset[str],
    *,
    prose: frozenset[str] = frozenset(),
) -> Callable[[Request], Awaitable[Body]]:
    """Return a dependency that gives the body of a request as *model*.

    *known* are the member names that errors may repeat. The texts in the members
    *prose* are of people, for people: long, and with line breaks.
    """

    async def read(request: Request) -> Body:
        if media_type(request) != "application/json":
            raise ProblemError(problem("unsupported_media_type"))
        value = await read_json(request, limit=LARGEST_BODY, known=known)
        refuse_unfit_texts(value, known, prose=prose)
        try:
            return model.model_validate_json(to_json(value))
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)
            raise ProblemError(problem("invalid_body", flaws(found, known))) from None

    return read


def refuse_unfit_texts(
    value: JsonValue, known: frozenset[str], *, prose: frozenset[str] = frozenset()
) -> None:
    """Refuse what must not be stored: what tells who someone is, prose, and so on.

    Raises:
        ProblemError: a text in *value*, or a long one in its members *prose*, is unfit.
    """
    long_texts: JsonValue = {}
    if prose and isinstance(value, dict):
        long_texts = {name: _on_one_line(value[name]) for name in prose & value.keys()}
        value = {name: value[name] for name in value if name not in prose}
    texts = (
        *strict_json.check_texts(value, known=known),
        *strict_json.check_texts(long_texts, known=known, max_length=LONGEST_PROSE),
    )
    if texts:
        raise ProblemError(problem("invalid_body", text_flaws(texts)))


async def _idempotency_key(
    idempotency_key: Annotated[
        str | None, Header(min_length=1, max_length=strict_json.MAX_TEXT_LENGTH)
    ] = None,
) -> str | None:
    """Return the header, which is stored and must be fit for that."""
    unfit = strict_json.check_texts(idempotency_key)
    if unfit:
        found = [
            flaw.model_copy(update={"pointer": "Idempotency-Key"})
            for flaw in text_flaws(unfit)
        ]
        raise ProblemError(problem("invalid_parameter", found))
    return idempotency_key


# Under the same one the same request is answered as at first, and done once.
IdempotencyKey = Annotated[str | None, Depends(_idempotency_key)]


def described(model: type[BaseModel]) -> dict[str, Any]:
    """Return what OpenAPI says of a request whose body is read by ``strict_body``."""
    schema = model.model_json_schema()
    schema = _spelt_out(schema, schema.pop("$defs", {}))
    example = schema.pop("example", None)
    content = {"schema": schema, **({"example": example} if example else {})}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def _spelt_out(node: Any, definitions: Mapping[str, Any]) -> Any:  # noqa: ANN401 (JSON)
    """Return *node* with what it refers to in its place.

    The document would lack what no other endpoint mentions.
    """
    if isinstance(node, list):
        return [_spelt_out(each, definitions) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        return _spelt_out(definitions[name], definitions)
    return {name: _spelt_out(each, definitions) for name, each in node.items()}


def _on_one_line(value: JsonValue) -> JsonValue:
    """Return *value* with a space for every line break in its own texts."""
    if isinstance(value, dict):
        return {name: _on_one_line(member) for name, member in value.items()}
    return value.replace("\n", " ") if isinstance(value, str) else value
