"""What somebody keeps changing is left alone, field by field, and in private DNS nothing else waits for it but what must come after."""

from __future__ import annotations

from workspace_gateway_network.planning.contest import withhold
from workspace_gateway_network.planning.plan import Plan
from worlds.azure import World
from worlds.injection import ZONE, Memory, dns_steps, planned, wanted, world
from worlds.names import ADDRESS, HOST, OTHER_HOST

BOTH = (HOST, OTHER_HOST)


def published(*hosts: str) -> World:
    """A world in which these hosts lead to the gateway."""
    azure = world(connections=hosts)
    Memory(azure).settle(wanted())
    return azure


def record(azure: World, host: str = HOST) -> dict[str, object]:
    """The properties of a host's record set."""
    properties: dict[str, object] = next(
        document["properties"] for document in azure.private_dns.values() if document["id"].lower().endswith(f"{host}/a/@")
    )
    return properties


def contested(result: Plan, path: str) -> Plan:
    """The plan, where the first step's field of this path is contested."""
    (field,) = (field for field in result.steps[0].fields if field.path == path)
    return withhold(result, contested={field})


def test_an_address_is_published_though_somebody_keeps_changing_the_time_to_live() -> None:
    azure = published(HOST)
    record(azure).update(ttl=5, aRecords=[{"ipv4Address": "10.1.0.9"}], theirs="x")

    result = contested(planned(azure, wanted()), "properties.ttl")
    azure.apply(*result.steps)

    assert dns_steps(result) == ["Update @"]
    assert {name: record(azure)[name] for name in ("ttl", "aRecords", "theirs")} == {
        "ttl": 5,
        "aRecords": [{"ipv4Address": ADDRESS}],
        "theirs": "x",
    }
    assert [change.path for step in result.withheld for change in step.changes] == ["properties.ttl"]
    assert [finding.message.split(": ")[0] for finding in result.findings] == [
        f"Somebody keeps changing properties.ttl of record {HOST} in private DNS zone {HOST}"
    ]


def test_another_name_is_published_though_somebody_keeps_changing_the_first() -> None:
    azure = published(*BOTH)
    for host in BOTH:
        record(azure, host)["aRecords"] = [{"ipv4Address": "10.1.0.9"}]

    result = contested(planned(azure, wanted()), "properties.aRecords")

    assert [step.target.parent.name for step in result.steps] == [OTHER_HOST]
    assert [step.target.parent.name for step in result.withheld] == [HOST]


def test_a_link_waits_for_the_record_without_which_a_name_would_not_exist() -> None:
    azure = published(HOST)
    for id in [id for id in azure.private_dns if id.parent.name == HOST]:
        del azure.private_dns[id]
    both = planned(azure, wanted())

    result = contested(both, "")

    assert [step.target.type.rpartition("/")[2] for step in both.steps] == ["a", "virtualnetworklinks"]
    assert dns_steps(result) == []


def test_tags_of_a_zone_hold_up_no_record() -> None:
    azure = published(HOST)
    zone = next(document for document in azure.private_dns.values() if document["id"].lower() == ZONE.lower())
    del zone["tags"]["wgn-resource"]
    record(azure)["aRecords"] = [{"ipv4Address": "10.1.0.9"}]

    result = contested(planned(azure, wanted()), "tags")

    assert dns_steps(result) == ["Update @"]
