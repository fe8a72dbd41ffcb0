"""The bank's directory as data, and what of its word is believed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from joserfc import jwk
from joserfc import jwt as signing
from tests.oidc_provider import CLIENT, Directory, running_directory

from harbour.errors import DirectoryAway, HarbourError, NotAllowed, SettingsError
from harbour.identity.directory import load_directory, person_of
from harbour.identity.id_tokens import TokenEnded, check_id_token, discover
from harbour.settings import Settings

GIVEN = """
issuer = "https://login.bank.example/realms/port"
client_id = "plimsoll"
label = "Banque du Port"

[[groups]]
group = "pl-port-analysts"
organisation = "port"
role = "analyst"

[[groups]]
group = "pl-port-reviewers"
organisation = "port"
role = "reviewer"

[[groups]]
group = "pl-nord-viewers"
organisation = "nordhaven"
role = "viewer"
"""
SECRET = {"PLIMSOLL_OIDC_SECRET": "s"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path)


def write(settings: Settings, text: str) -> None:
    (settings.data / "oidc.toml").write_text(text)


def claims(*groups: str, **changes: object) -> dict[str, object]:
    return {
        "sub": "u-1",
        "preferred_username": "Amélie.Durand@bank.example",
        "groups": list(groups),
    } | changes


def test_without_the_file_there_is_no_directory(settings):
    assert load_directory(settings, {}) is None


def test_settings_are_read_and_the_secret_never_shown(settings):
    secret = settings.data / "oidc_secret"
    secret.write_text("from a file\n")
    write(settings, f'client_secret_file = "{secret}"\n{GIVEN}')
    found = load_directory(settings, {})
    assert (found.client_secret, found.label, len(found.grants)) == ("from a file", "Banque du Port", 3)
    assert "from a file" not in repr(found)
    assert load_directory(settings, SECRET).client_secret == "s"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (GIVEN.replace('client_id = "plimsoll"', ""), "client_id must be given"),
        (GIVEN.replace("https://login", "http://login"), "https"),
        ('colour = "red"\n' + GIVEN, "unknown colour"),
        (GIVEN.replace('"analyst"', '"emperor"'), r"1. entry of \[\[groups\]\].*emperor"),
        (GIVEN.replace('role = "viewer"', ""), "3. entry"),
        ("issuer = ", "not valid TOML"),
        ('client_secret_file = "/nowhere"\n' + GIVEN, "client_secret_file /nowhere"),
    ],
)
def test_a_wrong_setting_is_named(settings, text, named):
    write(settings, text)
    with pytest.raises(SettingsError, match=named):
        load_directory(settings, {} if "nowhere" in text else SECRET)


def test_groups_become_organisation_and_roles(settings):
    write(settings, GIVEN)
    directory = load_directory(settings, SECRET)
    person = person_of(
        directory, claims("pl-port-analysts", "pl-port-reviewers", "canteen", name="Amélie Durand")
    )
    assert (person.organisation, person.roles) == ("port", ("analyst", "reviewer"))
    assert (person.name, person.display_name) == ("port-ameliedurand", "Amélie Durand")


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (claims("canteen"), "no group that gives a role"),
        (claims(), "no group that gives a role"),
        (claims("pl-port-analysts", "pl-nord-viewers"), "two|2 organisations"),
        (claims("pl-port-analysts", preferred_username="!!!"), "no usable name"),
        (claims("pl-port-analysts", preferred_username=None), "no usable name"),
        (claims(groups=None, _claim_names={"groups": "src1"}), "too many"),
    ],
)
def test_who_cannot_be_placed_is_told_why(settings, told, sentence):
    write(settings, GIVEN)
    with pytest.raises(HarbourError, match=sentence):
        person_of(load_directory(settings, SECRET), told)


@pytest.fixture(scope="module")
def bank():
    with running_directory() as directory:
        directory.people["u-1"] = {"groups": []}
        yield directory


def spoilt(bank: Directory, **changes: object) -> str:
    bank.spoil = lambda held: held.update(changes)
    try:
        return bank.id_token("u-1", "the nonce")
    finally:
        bank.spoil = None


def test_a_true_token_is_believed(bank):
    provider = discover(bank.issuer)
    token = bank.id_token("u-1", "the nonce")
    assert check_id_token(token, provider, client_id=CLIENT, nonce="the nonce")["sub"] == "u-1"
    check_id_token(spoilt(bank, aud=[CLIENT, "other"], azp=CLIENT), provider, client_id=CLIENT)


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": [CLIENT, "another"]},
        {"azp": "another"},
        {"iss": "https://elsewhere.example"},
        {"iat": int(time.time()) + 3600},
        {"nbf": int(time.time()) + 3600},
        {"exp": None},
        {"sub": None},
    ],
)
def test_a_token_for_another_is_refused(bank, changes):
    with pytest.raises(NotAllowed):
        check_id_token(spoilt(bank, **changes), discover(bank.issuer), client_id=CLIENT, nonce="the nonce")


def test_a_token_whose_time_is_over_says_so(bank):
    with pytest.raises(TokenEnded):
        check_id_token(spoilt(bank, exp=int(time.time()) - 60), discover(bank.issuer), client_id=CLIENT)


def test_only_the_providers_own_signature_counts(bank):
    provider, token = discover(bank.issuer), bank.id_token("u-1", "the nonce")
    head, body, signature = token.split(".")
    flipped = signature[:-8] + ("A" if signature[-8] != "A" else "B") + signature[-7:]
    held = {
        "iss": bank.issuer,
        "sub": "u-1",
        "aud": CLIENT,
        "iat": int(time.time()),
        "exp": int(time.time()) + 60,
    }
    shared = jwk.OctKey.import_key("a secret the client knows too, long enough")
    other = jwk.RSAKey.generate_key(2048)
    forged = [
        f"{head}.{body}.{flipped}",
        f"{head}.{body}.",
        signing.encode({"alg": "HS256", "kid": bank.key.kid}, held, shared),
        signing.encode({"alg": "RS256", "kid": bank.key.kid}, held, other),
        signing.encode({"alg": "RS256", "kid": "unknown"}, held, other),
        "not a token",
    ]
    for token in forged:
        with pytest.raises(NotAllowed, match="cannot be trusted"):
            check_id_token(token, provider, client_id=CLIENT)


def test_a_provider_must_call_itself_what_it_was_called(bank):
    with pytest.raises(SettingsError, match="calls itself"):
        discover(bank.issuer + "/")


def test_a_provider_that_is_away_is_said_to_be():
    with pytest.raises(DirectoryAway):
        discover("http://127.0.0.1:9")
