"""Of a private gateway's names whatever is ours is put back, property by property; whatever is not ours keeps its value, to the letter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from oracles import property_table
from oracles.property_table import Whose
from stage import seeds
from stage.injection import SWIFT, links, look, publish
from stage.stage import Document, SetTheStage, Stage
from stage.world import World, assert_same, difference, world
from stage.zones import IN_NAMED, NAMED, RELATIVE, with_named_zone

OWN_ZONE = seeds.zone_id()
FUTURE: Document = {"somethingFromTheFuture": {"levels": [1, 2, 3]}}


@dataclass(frozen=True, kw_only=True)
class Names:
    """Where one name is published: the ids of what is the operator's in it."""

    zone: str
    record: str
    link: str

    @classmethod
    def of(cls, stage: Stage, *, zone: str, record: str = "@") -> Names:
        (link,) = (each["id"] for each in links(stage, zone) if "wgn-owner" in each.get("tags", {}))
        return cls(zone=zone, record=f"{zone}/A/{record}", link=link)


def addresses(*texts: str) -> Document:
    return {"properties": {"aRecords": [{"ipv4Address": text} for text in texts]}}


Change = tuple[str, Callable[[Names], str], Document | None]
"""What somebody changes: the property, the resource, and a merge patch for it; None deletes it."""

CHANGES_TO_OURS: list[Change] = [
    ("the zone's tags", lambda names: names.zone, {"tags": {"costCentre": "0815"}}),
    ("the zone's marks", lambda names: names.zone, {"tags": {"wgn-owner": None, "wgn-resource": None}}),
    ("registrationEnabled", lambda names: names.link, {"properties": {"registrationEnabled": True}}),
    ("virtualNetwork", lambda names: names.link, {"properties": {"virtualNetwork": {"id": seeds.SPOKE}}}),
    ("the link's tags", lambda names: names.link, {"tags": {"costCentre": "0815"}}),
    ("the link's marks", lambda names: names.link, {"tags": {"wgn-owner": None, "wgn-resource": None}}),
    ("the link", lambda names: names.link, None),
    ("ttl", lambda names: names.record, {"properties": {"ttl": 5}}),
    ("ipv4Address", lambda names: names.record, addresses("10.1.0.66")),
    ("aRecords, with one more", lambda names: names.record, addresses(seeds.ADDRESS, "10.1.0.66")),
    ("aRecords, with none", lambda names: names.record, addresses()),
    ("the record's marks", lambda names: names.record, {"properties": {"metadata": {"wgn-owner": None, "wgn-resource": None}}}),
    ("the record's owner in words", lambda names: names.record, {"properties": {"metadata": {"wgn-resource": "somebody"}}}),
    ("the record's gateway", lambda names: names.record, {"properties": {"metadata": {"wgn-gateway": "/nobody"}}}),
    ("the record", lambda names: names.record, None),
]
LOST_AND_CHANGED: list[Change] = [
    ("registrationEnabled", lambda names: names.link, {"tags": {"wgn-owner": None}, "properties": {"registrationEnabled": True}}),
    ("ttl", lambda names: names.record, {"properties": {"metadata": {"wgn-owner": None}, "ttl": 5}}),
    (
        "aRecords",
        lambda names: names.record,
        {"properties": {"metadata": {"wgn-owner": None}, "aRecords": [{"ipv4Address": "10.1.0.66"}]}},
    ),
]
RECORDS_OF_OTHERS: dict[str, Document] = {
    "A/other": {"aRecords": [{"ipv4Address": "10.9.9.9"}, {"ipv4Address": "10.9.9.8"}], "metadata": {"by": "hand"}},
    "AAAA/@": {"aaaaRecords": [{"ipv6Address": "fd00::9"}]},
    "CNAME/www": {"cnameRecord": {"cname": "web.contoso.com"}},
    "MX/@": {"mxRecords": [{"preference": 10, "exchange": "mail.contoso.com"}]},
    "PTR/4": {"ptrRecords": [{"ptrdname": "host.contoso.com"}]},
    "SRV/_ldap._tcp": {"srvRecords": [{"priority": 1, "weight": 2, "port": 389, "target": "dc.contoso.com"}]},
    "TXT/@": {"txtRecords": [{"value": ["v=spf1", "-all"]}]},
}


def test_every_property_of_the_table_is_tried() -> None:
    link, record = property_table.VIRTUAL_NETWORK_LINK, property_table.RECORD_SET
    changed = {what.partition(",")[0] for what, _, _ in CHANGES_TO_OURS}
    assert {name for part in (link, record, property_table.A_RECORD) for name, whose in part.items() if whose is Whose.OURS} <= changed
    of_others = {name for record_set in RECORDS_OF_OTHERS.values() for name in record_set if name.endswith(("Record", "Records"))}
    assert {name for name, whose in record.items() if whose is Whose.NOT_OURS} == of_others - {"aRecords"} | {"soaRecord"}
    assert {name for name, whose in link.items() if whose is Whose.NOT_OURS} == {"resolutionPolicy"}


# What is ours.


def change(stage: Stage, id: str, patch: Document | None) -> None:
    if patch is None:
        stage.azure.delete(id)
    else:
        stage.azure.patch(id, patch)


def wait_for(stage: Stage, wanted: World, *, what: str) -> None:
    """Have the operator look, and wait until Azure is so and the status says it."""
    look(stage)
    stage.wait_for(lambda: world(stage.azure) == wanted, what=what, then=lambda: difference(wanted, world(stage.azure)))
    stage.wait_for(lambda: stage.status()["drift"]["state"] == "InSync", what="the end of the drift")


@pytest.mark.timeout(300)
def test_every_property_of_ours_is_put_back(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(seed=seeds.hub(resources=[seeds.spoke()]), **SWIFT)
    publish(stage, tags={"costCentre": "4711"})
    names, wanted = Names.of(stage, zone=OWN_ZONE), world(stage.azure)
    for what, target, patch in CHANGES_TO_OURS:
        change(stage, target(names), patch)
        assert world(stage.azure) != wanted, what
        wait_for(stage, wanted, what=f"{what} to be put back")


@pytest.mark.parametrize(("what", "target", "patch"), LOST_AND_CHANGED, ids=[what for what, _, _ in LOST_AND_CHANGED])
def test_what_lost_its_mark_and_is_not_as_it_was_made_is_somebody_elses(
    set_the_stage: SetTheStage, what: str, target: Callable[[Names], str], patch: Document
) -> None:
    stage = set_the_stage(**SWIFT)
    publish(stage)
    stage.azure.patch(target(Names.of(stage, zone=OWN_ZONE)), patch)
    changed, since = world(stage.azure), stage.azure.seq()
    look(stage)
    stage.wait_reason("RecordConflict" if what == "aRecords" else "Reconciled")
    look(stage)
    assert stage.writes(since=since) == []
    assert_same(changed, world(stage.azure))


# What is not ours.


def add_of_others(stage: Stage, names: Names) -> None:
    """Everything that somebody else may have beside and in what is ours."""
    for name, properties in RECORDS_OF_OTHERS.items():
        stage.azure.put(f"{names.zone}/{name}", {"properties": {"ttl": 77, **properties, **FUTURE}})
    soa: dict[str, Any] = {"properties": {"ttl": 1800, "soaRecord": {"email": "dns.contoso.com", "minimumTtl": 20}}}
    stage.azure.patch(f"{names.zone}/SOA/@", soa)
    policy = {"resolutionPolicy": "Default"}
    network = {"virtualNetwork": {"id": f"{seeds.SPOKE}-2"}}
    link = {"location": "global", "tags": {"by": "hand"}, "properties": {**network, **policy, **FUTURE, "registrationEnabled": True}}
    stage.azure.put(f"{names.zone}/virtualNetworkLinks/others", link)
    stage.azure.patch(names.zone, {"tags": {"team": "dns"}})
    stage.azure.patch(names.link, {"tags": {"team": "dns"}, "properties": {**policy, **FUTURE}})
    stage.azure.patch(names.record, {"properties": {"metadata": {"ticket": "4711"}, **FUTURE}})


def disturb_ours(stage: Stage, names: Names) -> None:
    """So that every resource of ours is written."""
    if names.zone == OWN_ZONE:
        stage.azure.patch(names.zone, {"tags": {"wgn-resource": None}})
    stage.azure.patch(names.link, {"properties": {"registrationEnabled": True}})
    stage.azure.patch(names.record, addresses("10.1.0.66"))


@pytest.mark.parametrize("zone", ["its own", "of others"])
def test_what_is_not_ours_keeps_its_value_to_the_letter(set_the_stage: SetTheStage, zone: str) -> None:
    stage = set_the_stage(seed=with_named_zone({**seeds.spoke(), "id": f"{seeds.SPOKE}-2"}), **SWIFT)
    if zone == "its own":
        publish(stage)
        names = Names.of(stage, zone=OWN_ZONE)
    else:
        publish(stage, dns=IN_NAMED)
        names = Names.of(stage, zone=NAMED, record=RELATIVE)
    add_of_others(stage, names)
    settled, since = world(stage.azure), stage.azure.seq()
    look(stage)
    assert stage.writes(since=since) == []
    assert_same(settled, world(stage.azure))

    disturb_ours(stage, names)
    wait_for(stage, settled, what="what is ours to be put back, and nothing else")
    written = {each["liveRequest"]["url"].split("?")[0].lower() for each in stage.writes(since=since)}
    assert written == {id.lower() for id in ((names.zone,) if zone == "its own" else ()) + (names.link, names.record)}
