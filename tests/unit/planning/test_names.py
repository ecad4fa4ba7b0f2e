"""What names and addresses may be published, and what is waited for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from workspace_gateway_network.model.gateway import ApiManagementService, Gateway
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.subnet import Subnet
from workspace_gateway_network.planning.desired import DEFAULT_GATEWAY_SUFFIXES
from workspace_gateway_network.planning.names import Names, discover
from workspace_gateway_network.planning.observed import Found, Reading, Unreadable
from worlds import documents
from worlds.azure import absent, forbidden, trouble
from worlds.documents import SUBNET_ID, zone_id
from worlds.injection import SHARED_ZONE, ZONE, injection_gateway, wanted
from worlds.names import ADDRESS, HOST, OTHER_HOST

SERVICE_HOST = "contoso.azure-api.net"


def names(
    gateway: Any = "works",
    *,
    connections: Reading[tuple[str, ...]] | tuple[str, ...] = (HOST,),
    others: tuple[Any, ...] = (),
    service_hosts: tuple[str, ...] = (SERVICE_HOST,),
    prefixes: list[str] | None = None,
    suffixes: tuple[str, ...] = DEFAULT_GATEWAY_SUFFIXES,
    **spec: Any,
) -> Names:
    desired = wanted(gateway=spec or None).names
    assert desired is not None
    desired = replace(desired, suffixes=suffixes)
    service = documents.service()
    service["properties"]["hostnameConfigurations"] = [{"type": "Proxy", "hostName": host} for host in service_hosts]
    subnet = documents.subnet(addressPrefix=None, addressPrefixes=prefixes) if prefixes else documents.subnet()
    document = injection_gateway() if gateway == "works" else gateway
    return discover(
        desired=desired,
        gateway=Gateway.from_arm(document) if document else None,
        connections=Found(connections) if isinstance(connections, tuple) else connections,
        subnet_id=ResourceId(SUBNET_ID),
        prefixes=Subnet.from_arm(subnet).address_prefixes,
        service=ApiManagementService.from_arm(service),
        others={each.default_hostname: each for each in map(Gateway.from_arm, others) if each.default_hostname},
    )


def refusal(found: Names) -> str:
    (finding,) = found.findings
    assert (finding.condition, finding.reason) == ("DNSRecordsPublished", "ScopeNotAllowed")
    assert found.known is None
    return finding.message


def waits(found: Names) -> tuple[str, str]:
    assert found.waiting is not None
    assert found.known is None
    assert found.findings == ()
    return found.waiting.reason.value, found.waiting.message


# What is found.


def test_a_gateway_that_works_has_its_names_and_its_address() -> None:
    found = names()

    assert found.known == ((HOST,), (ADDRESS,))
    assert found.waiting is None
    assert found.is_complete


def test_hostnames_are_those_of_the_connections_and_of_the_gateway_in_lower_case() -> None:
    found = names(injection_gateway(hostname=OTHER_HOST.upper()), connections=(f"{HOST.upper()}.", HOST))

    assert found.hostnames == (HOST, OTHER_HOST)


def test_hosts_of_others_in_connections_are_passed_over() -> None:
    assert names(connections=(HOST, "api.contoso.com", SERVICE_HOST, "azure-api.net", "")).hostnames == (HOST,)


def test_addresses_are_told_once_each_and_in_order() -> None:
    assert names(injection_gateway(addresses=["10.1.0.9", "10.1.0.5", "10.1.0.9"])).addresses == ("10.1.0.5", "10.1.0.9")


def test_the_spec_goes_before_what_is_found_and_needs_no_gateway() -> None:
    found = names(None, connections=(), hostnames=[HOST.upper()], privateIPAddresses=["10.1.0.7"])

    assert found.known == ((HOST,), ("10.1.0.7",))
    assert found.waiting is None
    assert found.is_complete


def test_hostnames_of_the_spec_do_not_need_connections_that_can_be_read() -> None:
    assert names(connections=Unreadable(trouble()), hostnames=[HOST]).findings == ()


def test_connections_that_cannot_be_read_are_told_of() -> None:
    found = names(injection_gateway(hostname=HOST), connections=Unreadable(forbidden()))

    assert [(finding.condition, finding.reason) for finding in found.findings] == [("AzureAccess", "AuthorizationFailed")]
    assert found.known is None


def test_connections_that_are_not_there_leave_the_gateways_own_name() -> None:
    found = names(injection_gateway(hostname=HOST), connections=absent())

    assert found.known == ((HOST,), (ADDRESS,))
    assert not found.is_complete


@pytest.mark.parametrize("connections", [(), ("",), (HOST, "")])
def test_hostnames_are_not_complete_while_a_connection_has_none(connections: tuple[str, ...]) -> None:
    assert not names(connections=connections).is_complete


# What is waited for.


def test_without_a_gateway_it_is_awaited() -> None:
    assert waits(names(None, connections=())) == ("AwaitingGateway", "No gateway is in subnet team-a yet, so there is no name to publish.")


@pytest.mark.parametrize(("state", "told"), [("Activating", "Activating"), ("Failed", "Failed"), ("", "in an unknown state")])
def test_a_gateway_that_is_not_up_is_awaited(state: str, told: str) -> None:
    found = names(injection_gateway(state=state, addresses=[]), connections=())

    assert waits(found) == ("AwaitingGateway", f"Gateway gw is {told}, so it has no name or address to publish yet.")


def test_a_gateway_without_a_workspace_has_no_hostname() -> None:
    assert waits(names(connections=())) == (
        "AwaitingHostname",
        "Gateway gw has no hostname yet: it gets one with its first workspace. Connect a workspace to it.",
    )


@pytest.mark.parametrize("state", ["Succeeded", "Updating"])
def test_an_address_can_come_later(state: str) -> None:
    assert waits(names(injection_gateway(state=state, addresses=[]))) == (
        "PrivateIPUnknown",
        (
            "Gateway gw has no private IP address yet; Azure can show it some minutes after the gateway is created. If it does"
            " not, set spec.gateway.privateIPAddresses."
        ),
    )


# What must not be published.


def test_a_hostname_below_no_suffix() -> None:
    assert refusal(names(hostnames=["api.gateway.contoso.com"], connections=())) == (
        "Hostname api.gateway.contoso.com is not below azure-api.net or azure-api.us or azure-api.cn, the suffixes that WGN_GATEWAY_SUFFIXES"
        " allows. Set spec.gateway.hostnames to the gateway's own names, or have whoever runs the operator allow their suffix."
    )


def test_a_hostname_that_only_ends_like_a_suffix() -> None:
    assert "is not below" in refusal(names(hostnames=["team.a.notazure-api.net"], connections=()))


def test_a_hostname_of_any_service() -> None:
    assert refusal(names(hostnames=["fabrikam.azure-api.net"], connections=())) == (
        "Hostname fabrikam.azure-api.net is one of an API Management service, not of a workspace gateway. Set"
        " spec.gateway.hostnames to the gateway's own names."
    )


def test_a_hostname_of_our_service() -> None:
    taken = "developer.contoso.azure-api.net"

    assert refusal(names(hostnames=[taken], service_hosts=(taken.upper(),), connections=())) == (
        "Hostname developer.contoso.azure-api.net belongs to API Management service contoso, not to this gateway. Set spec.gateway.hostnames"
        " to the gateway's own names."
    )


def test_a_hostname_of_another_gateway() -> None:
    other = documents.gateway("other", hostname=OTHER_HOST.upper(), subnet_id=f"{SUBNET_ID}-2")

    assert refusal(names(hostnames=[OTHER_HOST], others=(other, documents.gateway("third")), connections=())) == (
        f"Hostname {OTHER_HOST} belongs to gateway other, not to this gateway. Set spec.gateway.hostnames to the gateway's own names."
    )


def test_a_hostname_that_a_connection_took_from_another_gateway() -> None:
    other = documents.gateway("other", hostname=OTHER_HOST, subnet_id=f"{SUBNET_ID}-2")

    assert refusal(names(connections=(HOST, OTHER_HOST), others=(other,))) == (
        f"Hostname {OTHER_HOST} belongs to gateway other, not to this gateway. Set spec.gateway.hostnames to the gateway's own names."
    )


def test_a_hostname_that_is_not_among_the_gateways_own_once_it_has_any() -> None:
    assert refusal(names(hostnames=[OTHER_HOST])) == (
        f"Hostname {OTHER_HOST} is not among the names of the gateway in this subnet: {HOST}. Set"
        " spec.gateway.hostnames to the gateway's own names."
    )
    assert names(hostnames=[OTHER_HOST], connections=()).known == ((OTHER_HOST,), (ADDRESS,))


NESTED = ("azure-api.net", "gateway.azure-api.net")


@pytest.mark.parametrize("suffixes", [NESTED, NESTED[::-1]])
def test_of_nested_suffixes_the_longest_counts(suffixes: tuple[str, ...]) -> None:
    name = "team-a.gateway.azure-api.net"

    assert "is one of an API Management service" in refusal(names(hostnames=[name], suffixes=suffixes, connections=()))
    assert names(connections=(HOST, name), suffixes=suffixes).hostnames == (HOST,)
    assert names(connections=(f"a.{name}", "b.uksouth.azure-api.net"), suffixes=suffixes).hostnames == (
        f"a.{name}",
        "b.uksouth.azure-api.net",
    )


@pytest.mark.parametrize("connections", [(HOST, ""), Unreadable(trouble()), absent()])
def test_a_hostname_may_be_one_that_azure_does_not_say_yet(connections: Any) -> None:
    assert names(hostnames=[OTHER_HOST], connections=connections).known == ((OTHER_HOST,), (ADDRESS,))


def test_a_hostname_of_a_gateway_that_does_not_say_where_it_is_is_neither_given_nor_refused() -> None:
    unplaced = injection_gateway(hostname=HOST, subnet_id=None)

    found = names(None, hostnames=[HOST], privateIPAddresses=[ADDRESS], others=(unplaced,), connections=())

    assert found.known is None
    (finding,) = found.findings
    assert (finding.condition, finding.reason) == ("AzureAccess", "AzureUnavailable")
    assert finding.message == (
        f"Azure does not say in which subnet gateway gw is, so it is not known whether hostname {HOST} is this subnet's. It is looked for"
        " again."
    )


@pytest.mark.parametrize("address", ["10.1.0.64", "10.2.0.5", "203.0.113.5"])
def test_an_address_outside_the_subnet(address: str) -> None:
    message = (
        f"Private IP address {address} does not lie in subnet team-a (10.1.0.0/26), so nothing is pointed at it. Set"
        " spec.gateway.privateIPAddresses to the gateway's own."
    )

    assert refusal(names(injection_gateway(addresses=[address]))) == message
    assert refusal(names(privateIPAddresses=[address])) == message


def test_an_address_that_is_none() -> None:
    assert refusal(names(injection_gateway(addresses=["soon"]))) == (
        "Private IP address soon does not lie in subnet team-a (10.1.0.0/26), so nothing is pointed at it."
        " Set spec.gateway.privateIPAddresses to the gateway's own."
    )


def test_an_address_in_any_prefix_of_the_subnet() -> None:
    found = names(injection_gateway(addresses=["10.2.0.5"]), prefixes=["10.1.0.0/26", "fd00::/64", "10.2.0.0/26"])

    assert found.known == ((HOST,), ("10.2.0.5",))


# Where a host belongs.


def test_a_host_has_a_zone_of_its_own() -> None:
    desired = wanted().names
    assert desired is not None
    zone, name = desired.place(HOST)

    assert (str(zone), name) == (ZONE, "@")


def test_a_host_goes_into_the_longest_named_zone_that_it_lies_in() -> None:
    regional = zone_id("uksouth-01.azure-api.net")
    desired = wanted(dns={"zones": [{"id": SHARED_ZONE}, {"id": regional}, {"id": zone_id("api.net")}]}).names
    assert desired is not None
    zone, name = desired.place(HOST)

    assert (str(zone), name) == (regional, "team-a-1a2b.gateway")
