"""A subnet is its gateway's alone: who sits in it is told before a gateway is created, and who only may is not accused."""

from __future__ import annotations

from typing import Any

import pytest

from workspace_gateway_network.planning.observed import Gateways
from worlds import documents
from worlds.azure import World, trouble
from worlds.documents import NETWORK_GROUP, gateway, group, group_id, rule, service_association_link
from worlds.preflight import FOREIGN, PLAN_ID, WIDE, found, noted, planned, wide


def test_a_link_to_a_resource_of_the_customer_says_that_the_subnet_is_taken() -> None:
    result = planned(wide(serviceAssociationLinks=[service_association_link(link=PLAN_ID)]))

    assert result.blocked
    assert found(result) == [
        (
            "PrerequisitesMet",
            "SubnetNotDedicated",
            (
                f"Subnet team-a is used by {PLAN_ID} (service association link AppServiceLink). A workspace gateway needs the subnet to itself:"
                " disconnect that resource from the network, or use another subnet."
            ),
        )
    ]
    assert result.notes == ()


@pytest.mark.parametrize(
    ("link", "whose"),
    [
        (None, "that names no resource"),
        (FOREIGN, f"of {FOREIGN}"),
        (documents.gateway_id("gone"), f"of {documents.gateway_id('gone')}"),
    ],
)
def test_a_link_that_may_be_a_gateways_is_only_a_note(link: str | None, whose: str) -> None:
    result = planned(wide(serviceAssociationLinks=[service_association_link(link=link)]))

    assert found(result) == []
    assert result.steps
    assert noted(result) == [
        (
            "SubnetLinkUnexplained",
            (
                f"Subnet team-a has the service association link AppServiceLink {whose}: a gateway that is being created or was deleted, or another"
                " service. Until it is gone Azure may refuse to change the delegation or to create a gateway."
            ),
        )
    ]


def test_the_link_of_a_gateway_that_is_there_is_not_worth_a_note() -> None:
    world = World(subnet=documents.subnet(**WIDE, serviceAssociationLinks=[service_association_link()]), gateways=[gateway()])

    assert planned(world).notes == ()
    assert found(planned(world)) == []


@pytest.mark.parametrize(
    ("link", "user"),
    [(documents.SERVICE_ID, documents.SERVICE_ID), (None, "Microsoft.Web/serverFarms"), (FOREIGN, "Microsoft.Web/serverFarms")],
)
def test_a_navigation_link_says_that_the_subnet_is_taken(link: str | None, user: str) -> None:
    result = planned(wide(resourceNavigationLinks=[service_association_link("cache", link=link)]))

    assert found(result) == [
        (
            "PrerequisitesMet",
            "SubnetNotDedicated",
            (
                f"Subnet team-a is used by {user} (resource navigation link cache). A workspace gateway needs the subnet to itself: remove what"
                " put the link there, or use another subnet."
            ),
        )
    ]


def test_a_navigation_link_that_names_nobody_may_be_the_gateways_that_is_there() -> None:
    links = [service_association_link("mine"), service_association_link("theirs", link=documents.SERVICE_ID)]
    world = World(subnet=documents.subnet(**WIDE, resourceNavigationLinks=links), gateways=[gateway()])

    (finding,) = planned(world).findings
    assert finding.message.startswith(f"Subnet team-a is used by {documents.SERVICE_ID} (resource navigation link theirs).")


def test_nobody_is_accused_while_a_gateway_may_be_there_unseen() -> None:
    nic = f"{NETWORK_GROUP}/providers/Microsoft.Network/networkInterfaces/VM/ipConfigurations/X"

    result = planned(wide(ipConfigurations=[{"id": nic}]), gateways=Gateways(found=(), incomplete=trouble()))

    assert found(result) == [("AzureAccess", "AzureUnavailable", "Azure could not be reached.")]


OTHER = "wgn-0123456789abcdef-gateway-internet"


def marked(*, tags: dict[str, str] | None = None, **rule_properties: Any) -> World:
    theirs = rule(OTHER, 1000, **{"destinationAddressPrefix": "10.1.0.0/24", **rule_properties})
    return World(
        subnet=documents.subnet(**WIDE, networkSecurityGroup={"id": group_id("theirs")}), groups=[group("theirs", theirs, tags=tags)]
    )


@pytest.mark.parametrize(
    ("tags", "who"),
    [
        (None, "a WorkspaceGatewayNetwork"),
        ({"wgn-owner": "fedcba9876543210", "wgn-resource": "x/y/z"}, "a WorkspaceGatewayNetwork"),
        ({"wgn-owner": "0123456789abcdef", "wgn-resource": "prod-2/apim/team-b"}, "WorkspaceGatewayNetwork prod-2/apim/team-b"),
    ],
)
def test_the_rules_of_another_cluster_for_this_subnet_are_its_claim(tags: dict[str, str] | None, who: str) -> None:
    result = planned(marked(tags=tags))

    assert result.blocked
    assert found(result) == [
        (
            "PrerequisitesMet",
            "OwnershipConflict",
            (
                f"Subnet team-a is served by {who} of another cluster: security rule {OTHER} in network security group theirs carries its mark."
                " A subnet serves one gateway: delete the resource there, or, where that cluster is gone, the rules that it left."
            ),
        )
    ]


def test_rules_of_another_cluster_for_another_subnet_of_the_group_are_none_of_our_business() -> None:
    assert found(planned(marked(destinationAddressPrefix="10.9.0.0/24"))) == []
