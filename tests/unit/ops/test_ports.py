from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from harbour.errors import PortTaken
from harbour.services.ports import check_ports_free, find_taken, free_block, is_free
from harbour.settings import Settings


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_named_with_its_service_its_holder_and_the_way_out(
    tmp_path: Path, taken: int
) -> None:
    settings = Settings(tmp_path, port=taken - 2)
    with pytest.raises(PortTaken) as refused:
        check_ports_free(settings)
    sentence = str(refused.value)
    assert f"{taken} (hub" in sentence
    assert "pid" in sentence
    assert "Nothing was started" in sentence
    assert f"PLIMSOLL_PORT={refused.value.free} make up" in sentence
    assert taken in refused.value.ports
    assert find_taken(Settings(tmp_path, port=refused.value.free)) == []


def test_a_free_port_is_free_again_after_use(taken: int) -> None:
    assert not is_free(taken)
    block = free_block(20000)
    assert is_free(block)
