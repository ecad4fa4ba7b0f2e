"""Peerings of virtual networks."""

from __future__ import annotations

import pytest

from arm_emulator.client import Emulator
from contract.emulator.azure import NETWORK, NETWORKS, SUBNET, Arm, Document

SPOKE = f"{NETWORKS}/spoke"
OUT = f"{NETWORK}/virtualNetworkPeerings/to-spoke"
BACK = f"{SPOKE}/virtualNetworkPeerings/to-hub"
VERSION = "2024-03-01"


def to(network: str, **properties: object) -> Document:
    return {"properties": {"remoteVirtualNetwork": {"id": network}, **properties}}


@pytest.fixture
def spoke(emulator: Emulator) -> Emulator:
    space = {"addressSpace": {"addressPrefixes": ["172.16.0.0/16"]}, "subnets": []}
    emulator.put(SPOKE, {"location": "westeurope", "properties": space})
    return emulator


async def test_a_peering_is_initiated_until_the_other_side_has_one(arm: Arm, spoke: Emulator) -> None:
    created = await arm.put(OUT, to(SPOKE), version=VERSION)
    assert (created.status, created.headers["retry-after"]) == (201, "10")
    assert created.properties == {
        "provisioningState": "Updating",
        "resourceGuid": created.properties["resourceGuid"],
        "peeringState": "Initiated",
        "peeringSyncLevel": "RemoteNotInSync",
        "remoteVirtualNetwork": {"id": SPOKE},
        "allowVirtualNetworkAccess": True,
        "allowForwardedTraffic": False,
        "allowGatewayTransit": False,
        "useRemoteGateways": False,
        "doNotVerifyRemoteGateways": False,
        "peerCompleteVnets": True,
        "remoteAddressSpace": {"addressPrefixes": ["172.16.0.0/16"]},
        "remoteVirtualNetworkAddressSpace": {"addressPrefixes": ["172.16.0.0/16"]},
        "routeServiceVips": {},
    }
    await arm.put(BACK, to(NETWORK), version=VERSION)
    for each in (OUT, BACK):
        properties = (await arm.get(each, version=VERSION)).properties
        assert (properties["peeringState"], properties["peeringSyncLevel"]) == ("Connected", "FullyInSync")


async def test_its_network_shows_it_and_keeps_it(arm: Arm, spoke: Emulator) -> None:
    await arm.put(OUT, to(SPOKE))
    network = (await arm.get(NETWORK)).body
    assert network["properties"]["virtualNetworkPeerings"] == [(await arm.get(OUT)).body]
    network["properties"]["virtualNetworkPeerings"] = []
    await arm.put(NETWORK, network)
    assert (await arm.get(OUT)).status == 200
    assert [each["name"] for each in (await arm.get(f"{NETWORK}/virtualNetworkPeerings")).body["value"]] == ["to-spoke"]


async def test_it_goes_at_the_end_of_its_delete_and_leaves_the_other_disconnected_or_initiated(arm: Arm, spoke: Emulator) -> None:
    await arm.put(OUT, to(SPOKE))
    await arm.put(BACK, to(NETWORK))
    assert (await arm.delete(OUT)).status == 202
    assert (await arm.get(OUT)).code == "NotFound"
    assert (await arm.get(BACK)).properties["peeringState"] == "Initiated"
    assert (await arm.delete(OUT)).status == 204
    await arm.delete(NETWORK)
    assert (await arm.get(BACK)).properties["peeringState"] == "Disconnected"


async def test_a_network_that_is_being_changed_is_not_peered(arm: Arm, spoke: Emulator) -> None:
    spoke.settings(hold_operations=True)
    await arm.put(SUBNET, {"properties": {"addressPrefix": "10.0.1.0/27"}})
    refused = await arm.put(BACK, to(NETWORK))
    assert refused.refusal == (
        400,
        {
            "error": {
                "code": "ReferencedResourceNotProvisioned",
                "message": f"Cannot proceed with operation because resource {NETWORK} used by resource {BACK} is not in Succeeded state. "
                "Resource is in Updating state and the last operation that updated/is updating the resource is PutSubnetOperation.",
                "details": [],
            }
        },
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"properties": {}}, "InvalidRequestFormat"),
        (to(NETWORK), "InvalidRequestFormat"),
        (to(f"{NETWORKS}/nowhere"), "InvalidResourceReference"),
        (to(f"{NETWORKS}/twin"), "VnetAddressSpacesOverlap"),
    ],
    ids=["no remote network", "itself", "no such network", "the same addresses"],
)
async def test_what_cannot_be_peered_is_refused(arm: Arm, emulator: Emulator, body: Document, code: str) -> None:
    space = {"addressSpace": {"addressPrefixes": ["10.0.0.0/8"]}, "subnets": []}
    emulator.put(f"{NETWORKS}/twin", {"location": "westeurope", "properties": space})
    refused = await arm.put(OUT, body)
    assert (refused.status, refused.code) == (400, code)


async def test_the_remote_network_never_changes(arm: Arm, spoke: Emulator) -> None:
    spoke.put(f"{NETWORKS}/other", {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["172.17.0.0/16"]}}})
    await arm.put(OUT, to(SPOKE))
    assert (await arm.put(OUT, to(f"{NETWORKS}/other"))).code == "ChangingRemoteVirtualNetworkNotAllowed"
    assert (await arm.put(OUT, to(SPOKE, allowForwardedTraffic=True))).properties["allowForwardedTraffic"] is True
