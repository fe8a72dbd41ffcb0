from __future__ import annotations

import pytest

from harbour.hub.access import first_room, groups_of, load_roles, may_have_server, may_view
from harbour.hub.login import refuse_password


@pytest.mark.parametrize(
    ("roles", "room", "server"),
    [
        (("analyst",), "/services/home/", True),
        (("reviewer",), "/services/review/", False),
        (("viewer",), "/services/cockpit/", False),
        (("org_admin",), "/services/home/", False),
        (("org_admin", "reviewer"), "/services/review/", False),
        (("platform_admin",), "/services/home/", False),
        (("analyst", "reviewer"), "/services/home/", True),
        ((), "/services/home/", False),
    ],
)
def test_each_role_lands_in_its_room_and_only_analysts_get_a_server(
    roles: tuple[str, ...], room: str, server: bool
) -> None:
    groups = groups_of("port", roles)
    assert groups[0] == "org-port"
    assert first_room(groups) == room
    assert may_have_server(groups) is server


def test_the_hubs_own_role_gives_no_server_and_no_tokens() -> None:
    roles = {role["name"]: role for role in load_roles(("review", "cockpit"))}
    for scope in roles["user"]["scopes"]:
        assert scope.split("!")[0] in {"access:services", "read:users:name", "read:users:groups"}
    assert roles["lab"]["groups"] == ["role-analyst"]


def test_no_role_of_ours_changes_groups_or_reaches_others_servers() -> None:
    scopes = {scope for role in load_roles(("review",)) for scope in role["scopes"]}
    far = ("groups", "admin", "access:servers", "servers", "users")
    # `!user` is the Hub's own filter: of whoever holds the role, his own servers and nobody else's.
    assert {scope for scope in scopes if scope.startswith(far)} == {"servers!user", "access:servers!user"}


def test_a_viewer_without_any_other_role_may_have_a_server_that_shows() -> None:
    (viewing,) = [role for role in load_roles(("review",)) if "access:servers!user" in role["scopes"]]
    assert (viewing["name"], viewing["groups"]) == ("viewing", ["role-viewer"])
    assert may_view(groups_of("port", ("viewer",)))
    for roles in ((), ("analyst",), ("viewer", "analyst"), ("viewer", "reviewer"), ("viewer", "org_admin")):
        assert not may_view(groups_of("port", roles))


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({}, ""),
        ({"new_password": ""}, ""),
        # pragma: allowlist nextline secret
        ({"new_password": "short", "new_password_again": "short"}, "12 characters"),
        # pragma: allowlist nextline secret
        ({"new_password": "long enough one", "new_password_again": "long enough two"}, "differ"),
        # pragma: allowlist nextline secret
        ({"new_password": "the one-time one", "new_password_again": "the one-time one"}, "other than"),
    ],
)
def test_a_new_password_that_will_not_do_is_answered_with_a_sentence(
    form: dict[str, str], problem: str
) -> None:
    answer = refuse_password({"password": "the one-time one"} | form)
    assert answer is not None
    assert problem in answer
    assert bool(problem) == bool(answer)


def test_a_good_new_password_is_taken() -> None:
    # pragma: allowlist nextline secret
    form = {"password": "once", "new_password": "long enough one", "new_password_again": "long enough one"}
    assert refuse_password(form) is None
