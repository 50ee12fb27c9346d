"""What each role may do, and what none may."""

import pytest

from app.domain.access import PERMISSIONS, Actor, Permission, Role


def test_every_role_has_its_permissions_and_every_permission_a_role() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert set().union(*PERMISSIONS.values()) == set(Permission)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.ADMIN])
def test_who_needs_no_case_sees_none(role: Role) -> None:
    actor = Actor(role=role)

    assert not actor.may(Permission.READ_CASES)
    assert not actor.may(Permission.READ_FINDINGS)
    assert not actor.may(Permission.READ_FEED)


def test_only_client_systems_send_events() -> None:
    senders = [role for role in Role if Actor(role=role).may(Permission.SEND_EVENTS)]

    assert senders == [Role.INTEGRATOR]
