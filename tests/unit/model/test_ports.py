from __future__ import annotations

import pytest

from workspace_gateway_network.model.ports import Ports


@pytest.mark.parametrize(
    ("entries", "spelled"),
    [
        (["443"], ["443"]),
        (["443", "80"], ["80", "443"]),
        (["80,443"], ["80", "443"]),
        ([" 80 , 443 "], ["80", "443"]),
        (["80", "80"], ["80"]),
        (["80", "81", "82"], ["80-82"]),
        (["1000-2000", "1500-3000"], ["1000-3000"]),
        (["1000-2000", "2001"], ["1000-2001"]),
        (["1000-2000", "2002"], ["1000-2000", "2002"]),
        (["1000-3000", "2000"], ["1000-3000"]),
        (["443-443"], ["443"]),
        (["0443"], ["443"]),
        (["*"], ["*"]),
        (["0-65535"], ["*"]),
        (["0-1000", "1001-65535"], ["*"]),
        (["*", "443"], ["*"]),
        ([], []),
        (["", " ", ","], []),
    ],
)
def test_a_set_of_ports_has_one_spelling(entries: list[str], spelled: list[str]) -> None:
    assert list(Ports.parse(entries).spell()) == spelled


@pytest.mark.parametrize("entry", ["https", "65536", "99999", "2000-1000", "-1", "443-", "1-2-3", "80;443", "٤٤٣", "123456"])
def test_what_is_no_port_is_kept_aside_and_never_taken_for_none(entry: str) -> None:
    odd = Ports.parse([entry])

    assert odd.ranges == ()
    assert odd.unknown == {entry}
    assert odd != Ports.parse([])
    assert odd.spell() == (entry,)


def test_odd_entries_stand_behind_the_known_ones() -> None:
    assert str(Ports.parse(["zebra", "443", "ape"])) == "443,ape,zebra"


def test_only_all_ports_are_any() -> None:
    assert Ports.parse(["0-65535"]).is_any
    assert not Ports.parse(["1-65535"]).is_any
    assert not Ports.parse([]).is_any
