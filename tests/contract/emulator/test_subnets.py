"""Subnets: a PUT replaces everything, and what uses a subnet protects it."""

from __future__ import annotations

from typing import Any

import pytest

from arm_emulator.client import Emulator
from contract.emulator.azure import GATEWAY, GROUP, NEIGHBOUR, NETWORK, ROUTES, SECURITY_GROUP, SUBNET, Arm, Document

WEB = "Microsoft.Web/serverFarms"
ENVIRONMENTS = "Microsoft.Web/hostingEnvironments"
FULL: Document = {
    "properties": {
        "addressPrefix": "10.0.1.0/26",
        "networkSecurityGroup": {"id": SECURITY_GROUP},
        "routeTable": {"id": ROUTES},
        "serviceEndpoints": [{"service": "Microsoft.Storage"}],
        "delegations": [{"name": "mine", "properties": {"serviceName": WEB}}],
        "defaultOutboundAccess": False,
        "aPropertyOfTomorrow": {"kept": [1, None]},
    }
}


def delegated(*services: str) -> Document:
    delegations = [{"name": str(number), "properties": {"serviceName": each}} for number, each in enumerate(services)]
    return {"properties": {"addressPrefix": "10.0.1.0/26", "delegations": delegations}}


async def test_a_new_subnet_is_201_updating_with_an_operation_and_without_an_etag_header(arm: Arm) -> None:
    seen = await arm.put(f"{NETWORK}/subnets/new", {"properties": {"addressPrefix": "10.0.9.0/24"}})
    assert seen.status == 201
    assert list(seen.body) == ["name", "id", "etag", "properties", "type"]
    assert seen.properties == {
        "provisioningState": "Updating",
        "addressPrefix": "10.0.9.0/24",
        "delegations": [],
        "privateEndpointNetworkPolicies": "Disabled",
        "privateLinkServiceNetworkPolicies": "Enabled",
    }
    assert seen.headers["azure-asyncoperation"].startswith(f"{arm.emulator.url}/subscriptions/")
    assert "/providers/Microsoft.Network/locations/westeurope/operations/" in seen.headers["azure-asyncoperation"]
    assert (seen.headers["azure-asyncnotification"], seen.headers["retry-after"]) == ("Enabled", "3")
    assert "etag" not in seen.headers
    assert "location" not in seen.headers


async def test_the_get_after_it_is_succeeded_with_another_etag_in_body_and_header(arm: Arm) -> None:
    written = await arm.put(f"{NETWORK}/subnets/new", {"properties": {"addressPrefix": "10.0.9.0/24"}})
    assert await arm.status(written) == {"status": "Succeeded"}
    seen = await arm.get(f"{NETWORK}/subnets/new")
    assert seen.properties["provisioningState"] == "Succeeded"
    assert seen.headers["etag"] == seen.body["etag"] != written.body["etag"]
    assert seen.headers["etag"].startswith('W/"')


async def test_subnet_and_network_are_updating_while_the_operation_runs(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(hold_operations=True)
    await arm.put(SUBNET, FULL)
    assert (await arm.get(SUBNET)).properties["provisioningState"] == "Updating"
    network = (await arm.get(NETWORK)).properties
    assert network["provisioningState"] == "Updating"
    assert [each["properties"]["provisioningState"] for each in network["subnets"]] == ["Updating", "Succeeded"]


async def test_etags_move_when_a_write_begins_and_again_when_it_ends(arm: Arm, emulator: Emulator) -> None:
    before = (await arm.get(SUBNET)).body["etag"]
    emulator.settings(hold_operations=True)
    written = (await arm.put(SUBNET, FULL)).body["etag"]
    assert written == (await arm.get(SUBNET)).body["etag"] != before
    emulator.succeed_operation(emulator.operations()[0]["id"])
    assert (await arm.get(SUBNET)).body["etag"] not in {before, written}


async def test_a_put_with_every_field_is_kept_unknown_ones_too(arm: Arm) -> None:
    written = await arm.put(SUBNET, FULL)
    assert written.status == 200
    seen = await arm.get(SUBNET)
    for name in ("networkSecurityGroup", "routeTable", "defaultOutboundAccess", "aPropertyOfTomorrow"):
        assert seen.properties[name] == FULL["properties"][name]
    assert seen.properties["serviceEndpoints"] == [{"provisioningState": "Succeeded", "locations": ["*"], "service": "Microsoft.Storage"}]
    assert seen.properties["delegations"] == [
        {
            "name": "mine",
            "id": f"{SUBNET}/delegations/mine",
            "etag": seen.body["etag"],
            "properties": {
                "provisioningState": "Succeeded",
                "serviceName": WEB,
                "actions": ["Microsoft.Network/virtualNetworks/subnets/action"],
            },
            "type": "Microsoft.Network/virtualNetworks/subnets/delegations",
        }
    ]


async def test_what_a_put_leaves_out_is_gone(arm: Arm) -> None:
    await arm.put(SUBNET, FULL)
    await arm.put(SUBNET, {"properties": {"addressPrefix": "10.0.1.0/26"}})
    assert (await arm.get(SUBNET)).properties == {
        "provisioningState": "Succeeded",
        "addressPrefix": "10.0.1.0/26",
        "delegations": [],
        "privateEndpointNetworkPolicies": "Disabled",
        "privateLinkServiceNetworkPolicies": "Enabled",
    }


async def test_putting_back_what_a_get_showed_changes_nothing_and_is_succeeded_at_once(arm: Arm) -> None:
    await arm.put(SUBNET, FULL)
    before = await arm.get(SUBNET)
    again = await arm.put(SUBNET, before.body)
    assert (again.status, again.properties["provisioningState"]) == (200, "Succeeded")
    assert "azure-asyncoperation" in again.headers
    assert "retry-after" not in again.headers
    assert (await arm.get(SUBNET)).body == before.body


async def test_read_only_properties_in_a_body_are_ignored(arm: Arm) -> None:
    lies = {
        "provisioningState": "Failed",
        "purpose": "PrivateEndpoints",
        "serviceAssociationLinks": [{"name": "x"}],
        "ipConfigurations": [{}],
    }
    await arm.put(SUBNET, {"etag": "x", "id": "/y", "properties": {"addressPrefix": "10.0.1.0/26", **lies}})
    seen = await arm.get(SUBNET)
    assert seen.body["id"] == SUBNET
    assert seen.properties["provisioningState"] == "Succeeded"
    assert not lies.keys() & seen.properties.keys() - {"provisioningState"}


async def test_service_names_keep_the_case_they_were_sent_in(arm: Arm) -> None:
    await arm.put(SUBNET, delegated("Microsoft.Web/serverfarms"))
    assert (await arm.get(SUBNET)).properties["delegations"][0]["properties"]["serviceName"] == "Microsoft.Web/serverfarms"


async def test_an_unused_subnet_may_change_its_delegation(arm: Arm) -> None:
    await arm.put(SUBNET, delegated(WEB))
    assert (await arm.put(SUBNET, delegated(ENVIRONMENTS))).status == 200
    assert (await arm.put(SUBNET, delegated())).status == 200
    assert (await arm.get(SUBNET)).properties["delegations"] == []


async def test_one_prefix_is_shown_in_the_singular_and_several_in_the_plural(arm: Arm) -> None:
    await arm.put(SUBNET, {"properties": {"addressPrefixes": ["10.0.1.0/26"]}})
    assert (await arm.get(SUBNET)).properties["addressPrefix"] == "10.0.1.0/26"
    await arm.put(SUBNET, {"properties": {"addressPrefixes": ["10.0.1.0/26", "10.0.3.0/26"]}})
    seen = (await arm.get(SUBNET)).properties
    assert seen["addressPrefixes"] == ["10.0.1.0/26", "10.0.3.0/26"]
    assert "addressPrefix" not in seen


@pytest.mark.parametrize(
    ("prefix", "code"),
    [
        ("10.0.2.128/25", "NetcfgSubnetRangesOverlap"),
        ("192.168.0.0/24", "NetcfgInvalidSubnet"),
        ("10.0.1.7/24", "InvalidCIDRNotation"),
        ("ten", "InvalidAddressPrefixFormat"),
        (None, "InvalidRequestFormat"),
    ],
    ids=["overlapping", "outside", "host bits", "nonsense", "missing"],
)
async def test_a_prefix_that_cannot_be_is_400(arm: Arm, prefix: str | None, code: str) -> None:
    seen = await arm.put(SUBNET, {"properties": {"addressPrefix": prefix}})
    assert (seen.status, seen.code) == (400, code)
    assert seen.body["error"]["details"] == []
    assert (await arm.get(SUBNET)).properties["addressPrefix"] == "10.0.1.0/26"


@pytest.mark.parametrize("field", ["networkSecurityGroup", "routeTable", "natGateway"])
async def test_what_a_subnet_refers_to_must_exist(arm: Arm, field: str) -> None:
    wanted = f"{GROUP}/providers/Microsoft.Network/things/none"
    seen = await arm.put(SUBNET, {"properties": {"addressPrefix": "10.0.1.0/26", field: {"id": wanted}}})
    assert (seen.status, seen.code) == (400, "InvalidResourceReference")
    assert wanted in seen.message


async def test_a_security_group_of_another_region_cannot_be_attached(arm: Arm, emulator: Emulator) -> None:
    emulator.patch(SECURITY_GROUP, {"location": "eastus"})
    assert (await arm.put(SUBNET, FULL)).code == "InvalidResourceReference"


async def test_regions_are_compared_without_case_and_spaces(arm: Arm, emulator: Emulator) -> None:
    emulator.patch(SECURITY_GROUP, {"location": "West Europe"})
    assert (await arm.put(SUBNET, FULL)).status == 200


async def test_a_security_group_that_is_still_updating_is_a_429_without_retry_after(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(hold_operations=True)
    other = SECURITY_GROUP.replace("Shield", "Young")
    await arm.put(other, {"location": "westeurope"})
    seen = await arm.put(SUBNET, {"properties": {"addressPrefix": "10.0.1.0/26", "networkSecurityGroup": {"id": other}}})
    assert (seen.status, seen.code) == (429, "RetryableError")
    (detail,) = seen.body["error"]["details"]
    assert detail["code"] == "ReferencedResourceNotProvisioned"
    assert "is not in Succeeded state. Resource is in Updating state" in detail["message"]
    assert "retry-after" not in seen.headers


async def test_it_may_be_a_400_instead_and_names_what_is_going_on(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(hold_operations=True, not_provisioned="400")
    other = SECURITY_GROUP.replace("Shield", "Young")
    await arm.put(other, {"location": "westeurope"})
    body = {"properties": {"addressPrefix": "10.0.1.0/26", "networkSecurityGroup": {"id": other}}}
    message = (
        f"Cannot proceed with operation because resource {other} used by resource {SUBNET} is not in Succeeded state. Resource is in "
        "Updating state and the last operation that updated/is updating the resource is PutNetworkSecurityGroupOperation."
    )
    error = {"code": "ReferencedResourceNotProvisioned", "message": message, "details": []}
    assert (await arm.put(SUBNET, body)).refusal == (400, {"error": error})


async def test_what_is_failed_cannot_be_attached_either(arm: Arm, emulator: Emulator) -> None:
    emulator.patch(SECURITY_GROUP, {"properties": {"provisioningState": "Failed"}})
    seen = await arm.put(SUBNET, FULL)
    (detail,) = seen.body["error"]["details"]
    assert (
        "Resource is in Failed state and the last operation that updated/is updating the resource is PutNetworkSecurityGroupOperation."
        in detail["message"]
    )


class TestASecondWriteToTheSameNetwork:
    async def test_is_429_with_retry_after(self, arm: Arm, emulator: Emulator) -> None:
        emulator.settings(hold_operations=True)
        await arm.put(SUBNET, FULL)
        seen = await arm.put(NEIGHBOUR, {"properties": {"addressPrefix": "10.0.2.0/25"}})
        (operation,) = emulator.operations()
        assert seen.status == 429
        assert seen.headers["retry-after"] == "11"
        assert seen.headers["x-ms-failure-cause"] == "service"
        assert seen.body["error"] == {
            "code": "RetryableError",
            "message": "A retryable error occurred.",
            "details": [
                {
                    "code": "RetryableErrorDueToAnotherOperation",
                    "message": f"Operation PutSubnetOperation ({operation['id']}) is updating resource {NETWORK}. "
                    "The call can be retried in 11 seconds.",
                }
            ],
        }

    async def test_may_be_409_without_retry_after_naming_the_operation(self, arm: Arm, emulator: Emulator) -> None:
        emulator.settings(hold_operations=True, network_conflict="409")
        first = await arm.put(SUBNET, FULL)
        seen = await arm.delete(NEIGHBOUR)
        assert (seen.status, seen.code) == (409, "AnotherOperationInProgress")
        assert seen.message == (
            "Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: "
            f"{first.headers['azure-asyncoperation']}."
        )
        assert "retry-after" not in seen.headers

    async def test_may_be_accepted(self, arm: Arm, emulator: Emulator) -> None:
        emulator.settings(hold_operations=True, network_conflict="off")
        await arm.put(SUBNET, FULL)
        assert (await arm.put(NEIGHBOUR, {"properties": {"addressPrefix": "10.0.2.0/25"}})).status == 200

    async def test_is_refused_for_the_network_itself_too(self, arm: Arm, emulator: Emulator) -> None:
        emulator.settings(hold_operations=True)
        await arm.put(SUBNET, FULL)
        assert (await arm.delete(NETWORK)).status == 429

    async def test_does_not_disturb_another_network(self, arm: Arm, emulator: Emulator) -> None:
        other = NETWORK.replace("Hub", "Spoke")
        emulator.put(other, {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.9.0.0/16"]}}})
        emulator.settings(hold_operations=True)
        await arm.put(SUBNET, FULL)
        assert (await arm.put(f"{other}/subnets/s", {"properties": {"addressPrefix": "10.9.0.0/24"}})).status == 201

    async def test_is_accepted_once_the_first_has_ended(self, arm: Arm) -> None:
        await arm.put(SUBNET, FULL)
        assert (await arm.delete(NEIGHBOUR)).status == 202


async def test_a_delete_is_202_with_both_urls_and_the_subnet_goes_at_its_end(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(hold_operations=True)
    seen = await arm.delete(NEIGHBOUR)
    assert (seen.status, seen.text, seen.headers["retry-after"]) == (202, "", "10")
    assert seen.headers["location"] == seen.headers["azure-asyncoperation"].replace("/operations/", "/operationResults/")
    assert (await arm.get(NEIGHBOUR)).properties["provisioningState"] == "Deleting"
    emulator.succeed_operation(emulator.operations()[0]["id"])
    assert (await arm.get(NEIGHBOUR)).code == "NotFound"
    assert [each["name"] for each in (await arm.get(NETWORK)).properties["subnets"]] == ["Gateways"]


async def test_a_deleted_or_changed_subnet_uses_nothing_any_more(arm: Arm) -> None:
    await arm.put(SUBNET, FULL)
    refused = await arm.delete(ROUTES)
    assert (refused.status, refused.code) == (400, "InUseRouteTableCannotBeDeleted")
    await arm.put(SUBNET, {"properties": {"addressPrefix": "10.0.1.0/26", "networkSecurityGroup": {"id": SECURITY_GROUP}}})
    assert (await arm.delete(ROUTES)).status == 202
    await arm.delete(SUBNET)
    assert (await arm.get(SUBNET)).status == 404
    assert "subnets" not in (await arm.get(SECURITY_GROUP)).properties
    assert (await arm.delete(SECURITY_GROUP)).status == 202


class TestASubnetWithAGateway:
    @pytest.fixture(autouse=True)
    def gateway(self, emulator: Emulator) -> None:
        emulator.patch(SUBNET, FULL)
        backend = {"subnet": {"id": SUBNET.lower()}}
        emulator.put(
            GATEWAY,
            {
                "location": "West Europe",
                "sku": {"name": "WorkspaceGatewayPremium"},
                "properties": {"virtualNetworkType": "External", "backend": backend},
            },
        )

    @staticmethod
    def link(seen: Document) -> Document:
        (link,) = seen["properties"]["serviceAssociationLinks"]
        return dict(link)

    async def test_carries_a_service_association_link_without_a_target(self, arm: Arm) -> None:
        seen = await arm.get(SUBNET)
        link = self.link(seen.body)
        assert link["id"] == f"{SUBNET}/serviceAssociationLinks/{link['name']}"
        assert (link["etag"], link["properties"]["linkedResourceType"]) == (seen.body["etag"], WEB)
        assert link["properties"].keys() >= {"provisioningState", "allowDelete", "enabledForArmDeployments", "subnetId", "locations"}
        assert "link" not in link["properties"]
        assert (await arm.get(f"{SUBNET}/serviceAssociationLinks")).body["value"] == [link]

    async def test_keeps_its_delegation(self, arm: Arm) -> None:
        link = self.link((await arm.get(SUBNET)).body)
        seen = await arm.put(SUBNET, delegated())
        assert (seen.status, seen.code) == (400, "SubnetMissingRequiredDelegation")
        assert seen.message == (
            f"Subnet {SUBNET} requires any of the following delegation(s) [{WEB}] to reference service association link {link['id']}."
        )

    async def test_cannot_be_delegated_to_another_service(self, arm: Arm) -> None:
        seen = await arm.put(SUBNET, delegated(ENVIRONMENTS))
        assert (seen.status, seen.code) == (400, "SubnetDelegationsCannotChangeWhenSubnetUsedByResource")
        assert f"from [{WEB}] to [{ENVIRONMENTS}]" in seen.message

    async def test_may_change_the_rest_and_the_delegations_name(self, arm: Arm) -> None:
        assert (await arm.put(SUBNET, delegated("microsoft.web/SERVERFARMS"))).status == 200
        assert "networkSecurityGroup" not in (await arm.get(SUBNET)).properties

    async def test_cannot_change_its_prefix(self, arm: Arm) -> None:
        wanted = delegated(WEB)
        wanted["properties"]["addressPrefix"] = "10.0.3.0/26"
        assert (await arm.put(SUBNET, wanted)).code == "InUseSubnetCannotBeUpdated"

    @pytest.mark.parametrize("path", [SUBNET, NETWORK], ids=["subnet", "network"])
    async def test_cannot_be_deleted(self, arm: Arm, path: str) -> None:
        link = self.link((await arm.get(SUBNET)).body)
        seen = await arm.delete(path)
        assert (seen.status, seen.code) == (400, "InUseSubnetCannotBeDeleted")
        assert seen.message.startswith(f"Subnet Gateways is in use by {link['id']} and cannot be deleted.")

    async def test_is_free_again_when_the_link_is_gone(self, arm: Arm, emulator: Emulator) -> None:
        emulator.patch(SUBNET, {"properties": {"serviceAssociationLinks": []}})
        assert (await arm.put(SUBNET, delegated())).status == 200


async def test_a_subnet_used_by_machines_keeps_its_delegations(arm: Arm, emulator: Emulator) -> None:
    user = f"{GROUP.upper()}/providers/Microsoft.Network/networkInterfaces/NIC/ipConfigurations/ONE"
    emulator.patch(SUBNET, {"properties": {"ipConfigurations": [{"id": user}]}})
    seen = await arm.put(SUBNET, delegated(WEB))
    assert seen.code == "SubnetDelegationsCannotChangeWhenSubnetUsedByResource"
    assert seen.message.endswith(f"cannot be changed from [] to [{WEB}] because it is being used by the resource {user}.")


async def test_a_service_that_does_not_exist_cannot_be_delegated_to(arm: Arm) -> None:
    assert (await arm.put(SUBNET, delegated("Microsoft.Web/hostingEnvironment"))).status == 400


NOT_REGISTERED_MESSAGE = (
    "The subscription is not registered to use namespace 'Microsoft.Web'. "
    "See https://aka.ms/rps-not-found for how to register subscriptions."
)
NOT_REGISTERED = (
    409,
    {
        "error": {
            "code": "MissingSubscriptionRegistration",
            "message": NOT_REGISTERED_MESSAGE,
            "details": [{"code": "MissingSubscriptionRegistration", "target": "Microsoft.Web", "message": NOT_REGISTERED_MESSAGE}],
        }
    },
)


async def test_delegating_to_an_unregistered_provider_is_refused(arm: Arm, emulator: Emulator) -> None:
    changed: dict[str, Any] = {"subscriptions": [{"subscriptionId": SUBNET.split("/")[2]}], "providers": {"Microsoft.Web": "NotRegistered"}}
    network = emulator.get(NETWORK)
    assert network is not None
    emulator.reset({**changed, "resources": [network]})
    assert (await arm.put(SUBNET, delegated(WEB))).refusal == NOT_REGISTERED
    await arm.send("POST", f"/subscriptions/{SUBNET.split('/')[2]}/providers/microsoft.web/register")
    assert (await arm.put(SUBNET, delegated(WEB))).status == 200


@pytest.mark.parametrize("scope", ["subscription", "group"])
async def test_both_web_services_are_among_the_available_delegations(arm: Arm, scope: str) -> None:
    base = GROUP if scope == "group" else GROUP.split("/resourceGroups")[0]
    value = (await arm.get(f"{base}/providers/Microsoft.Network/locations/westeurope/availableDelegations")).body["value"]
    listed = {each["serviceName"]: each for each in value}
    assert listed[ENVIRONMENTS]["name"] == "Microsoft.Web.hostingEnvironments"
    assert listed[WEB]["actions"] == ["Microsoft.Network/virtualNetworks/subnets/action"]
    # Azure spells the group's part of these ids in the singular.
    assert ("/resourceGroup/Net-RG/" in listed[WEB]["id"]) == (scope == "group")


@pytest.mark.parametrize(
    ("version", "unknown", "besides"),
    [
        ("2017-08-01", {"delegations", "privateEndpointNetworkPolicies", "privateLinkServiceNetworkPolicies"}, set()),
        ("2018-11-01", {"privateEndpointNetworkPolicies", "privateLinkServiceNetworkPolicies"}, set()),
        ("2022-01-01", set(), set()),
        ("2024-01-01", set(), {"ipamPoolPrefixAllocations"}),
        ("2024-03-01", set(), set()),
    ],
)
async def test_what_is_shown_depends_on_the_api_version(arm: Arm, version: str, unknown: set[str], besides: set[str]) -> None:
    newest = (await arm.get(SUBNET)).properties.keys()
    seen = (await arm.get(SUBNET, version=version)).properties.keys()
    assert (newest - seen, seen - newest) == (unknown, besides)


@pytest.mark.parametrize("sent", [{}, {"locations": []}], ids=["no locations", "an empty list"])
async def test_a_service_endpoint_reaches_everywhere_unless_locations_are_named(arm: Arm, sent: Document) -> None:
    body = {"properties": {"addressPrefix": "10.0.1.0/26", "serviceEndpoints": [{"service": "Microsoft.Storage", **sent}]}}
    assert (await arm.put(SUBNET, body)).properties["serviceEndpoints"][0]["locations"] == ["*"]
