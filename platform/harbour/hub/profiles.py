"""The sizes of server a member may choose from, by his roles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harbour.hub.access import may_have_server
from harbour.settings import Settings

__all__ = ["VIEWING", "Profile", "get_profile", "profiles_of"]


@dataclass(frozen=True)
class Profile:
    """A size of server; its sentences say what it is for."""

    name: str
    memory_mb: int
    cpus: float
    english: str
    french: str


VIEWING = Profile(
    "viewing", 2048, 1, "Dashboards: 2 GB, 1 processor", "Tableaux de bord : 2 Go, 1 processeur"
)
"""The one size of a viewer's server."""


def profiles_of(settings: Settings, groups: Iterable[str]) -> tuple[Profile, ...]:
    """Return the sizes for a member of these groups, the usual one first; none for who gets no kernel."""
    if not may_have_server(groups):
        return ()
    return (
        _profile("small", "Start", "Démarrer", settings.member_memory_mb, settings.member_cpus),
        _profile("large", "Large", "Grand", settings.large_memory_mb, settings.large_cpus),
    )


def get_profile(settings: Settings, groups: Iterable[str], name: str) -> Profile | None:
    """Return the size of a name, or None when it is not for a member of these groups."""
    return next((profile for profile in profiles_of(settings, groups) if profile.name == name), None)


def _profile(name: str, english: str, french: str, memory_mb: int, cpus: int) -> Profile:
    gigabytes = f"{memory_mb / 1024:g}"
    return Profile(
        name,
        memory_mb,
        cpus,
        f"{english}: {gigabytes} GB, {cpus} processor{'s' if cpus > 1 else ''}",
        f"{french} : {gigabytes} Go, {cpus} processeur{'s' if cpus > 1 else ''}",
    )
