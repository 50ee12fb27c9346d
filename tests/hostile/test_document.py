"""Every role's every request, made after the OpenAPI document, is answered after it."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import APIOperation, Case, GenerationMode, openapi
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok

from tests.hostile.extent import EXTENT
from tests.hostile.service import Service

# What a schema cannot say, as that a text is no phone number, is told with 422.
CONFIG = {
    "checks": {
        "positive_data_acceptance": {
            "expected-statuses": ["2xx", "401", "403", "404", "406", "409", "422"]
        },
        "negative_data_rejection": {
            "expected-statuses": ["4xx"],
        },
    },
}
# These answer 200, and tell of each event apart what is wrong with it.
MANY = "/v1/events/batch"
NDJSON = "application/x-ndjson"


def takes_anything(operation: APIOperation[Any, Any, Any, Any]) -> bool:
    definition = operation.definition.raw
    return bool(definition.get("parameters")) or "requestBody" in definition


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("role", EXTENT.roles)
def test_every_answer_is_one_of_the_document(
    hostile: Service, role: str, mode: GenerationMode
) -> None:
    schema = openapi.from_dict(
        hostile.document, config=SchemathesisConfig.from_dict(CONFIG)
    )
    host, port = hostile.address
    schema.config.update(base_url=f"http://{host}:{port}")
    credentials = hostile.credentials[role].decode()
    headers = {"Authorization": credentials} if credentials else {}

    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not takes_anything(operation):
            continue

        @settings(
            max_examples=EXTENT.examples_for_each_operation,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(generation_mode=mode))
        def ask(case: Case[Any]) -> None:
            case.call_and_validate(headers=headers)

        ask()
