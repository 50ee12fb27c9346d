"""Bodies that are no events, read as strictly as those that are."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, JsonValue, ValidationError
from pydantic_core import to_json

from app.api import strict_json
from app.api.errors import ProblemError, flaws, problem, text_flaws
from app.api.wire import media_type, read_json

LARGEST_BODY = 100_000
Body = TypeVar("Body", bound=BaseModel)


def strict_body(
    model: type[Body], known: frozenset[str]
) -> Callable[[Request], Awaitable[Body]]:
    """Return a dependency that gives the body of a request as *model*.

    *known* are the member names that errors may repeat.
    """

    async def read(request: Request) -> Body:
        if media_type(request) != "application/json":
            raise ProblemError(problem("unsupported_media_type"))
        value = await read_json(request, limit=LARGEST_BODY, known=known)
        refuse_unfit_texts(value, known)
        try:
            return model.model_validate_json(to_json(value))
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)
            raise ProblemError(problem("invalid_body", flaws(found, known))) from None

    return read


def refuse_unfit_texts(value: JsonValue, known: frozenset[str]) -> None:
    """Refuse what must not be stored: identity codes, control characters, prose.

    Raises:
        ProblemError: a text in *value* is unfit.
    """
    texts = strict_json.check_texts(value, known=known)
    if texts:
        raise ProblemError(problem("invalid_body", text_flaws(texts)))


def described(model: type[BaseModel]) -> dict[str, Any]:
    """Return what OpenAPI says of a request whose body is read by ``strict_body``."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)
    example = schema.pop("example", None)
    content = {"schema": schema, **({"example": example} if example else {})}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}
