"""Every role's every request, made after the OpenAPI document, is answered after it."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import APIOperation, Case, CheckFunction, GenerationMode, openapi
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import negative_data_rejection

from tests.hostile.extent import EXTENT
from tests.hostile.service import Service

# What a schema cannot say is told with 422, as that a text is no phone number, and with
# 400, as that no number has more than 64 bits.
CONFIG = {
    "checks": {
        "positive_data_acceptance": {
            "expected-statuses": [
                "2xx",
                "400",
                "401",
                "403",
                "404",
                "406",
                "409",
                "422",
            ]
        },
        "negative_data_rejection": {
            "expected-statuses": ["4xx"],
        },
    },
}
# It answers 200, and tells of each event apart what is wrong with it.
MANY = "/v1/events/batch"


def takes_anything(operation: APIOperation[Any, Any, Any, Any]) -> bool:
    definition = operation.definition.raw
    return bool(definition.get("parameters")) or "requestBody" in definition


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("role", EXTENT.roles)
def test_every_answer_is_one_of_the_document(
    hostile: Service, answered: Counter[int], role: str, mode: GenerationMode
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

        # What is wrong with a query may be lost on the way: no list is no parameter.
        has_body = "requestBody" in operation.definition.raw
        is_judged_whole = has_body and operation.path != MANY
        left_out: list[CheckFunction] = (
            [] if is_judged_whole else [negative_data_rejection]
        )

        @settings(
            max_examples=EXTENT.examples_for_each_operation,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(generation_mode=mode))
        def ask(case: Case[Any]) -> None:
            answer = case.call_and_validate(headers=headers, excluded_checks=left_out)  # noqa: B023 (called at once)
            answered[answer.status_code] += 1

        ask()
