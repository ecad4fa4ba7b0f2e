"""What ARM itself answers, before any resource provider."""

from __future__ import annotations

import pytest

from arm_emulator.client import Emulator
from contract.emulator.azure import CLIENT, GROUP, NETWORK, RULES, SECURITY_GROUP, SUBNET, SUBSCRIPTION, TENANT, Arm

GATEWAY_MADE_IT = "gateway"


async def test_no_token_is_401_with_a_challenge(arm: Arm) -> None:
    seen = await arm.get(NETWORK, headers={"Authorization": ""})
    assert (seen.status, seen.code) == (401, "AuthenticationFailed")
    assert seen.headers["www-authenticate"].startswith("Bearer ")
    assert seen.headers["x-ms-failure-cause"] == GATEWAY_MADE_IT


async def test_a_token_for_another_audience_is_401(arm: Arm) -> None:
    await arm.log_in(scope="https://graph.microsoft.com/.default")
    seen = await arm.get(NETWORK)
    assert seen.status == 401
    assert "wrong audience" in seen.message


async def test_something_that_is_no_token_is_401(arm: Arm) -> None:
    arm.token = "nonsense"
    assert (await arm.get(NETWORK)).status == 401


async def test_a_token_of_another_tenant_is_401(arm: Arm) -> None:
    await arm.log_in(tenant="another-tenant")
    seen = await arm.get(NETWORK)
    assert (seen.status, seen.code) == (401, "InvalidAuthenticationTokenTenant")


async def test_the_public_clouds_audience_is_accepted(arm: Arm) -> None:
    await arm.log_in(scope="https://management.azure.com/.default")
    assert (await arm.get(NETWORK)).status == 200


async def test_a_token_request_names_its_grant(arm: Arm) -> None:
    seen = await arm.sign_in({"grant_type": "password"})
    assert (seen.status, seen.body["error"]) == (400, "unsupported_grant_type")


async def test_principals_of_the_seed_are_the_only_ones_and_need_their_secret(arm: Arm, emulator: Emulator) -> None:
    emulator.reset({"subscriptions": [{"subscriptionId": SUBSCRIPTION}], "principals": [{"clientId": CLIENT, "secret": "right"}]})
    assert (await arm.sign_in({"client_secret": "wrong"})).body["error"] == "invalid_client"
    assert (await arm.sign_in({"client_secret": "right"})).status == 200
    assert (await arm.sign_in({"client_id": "stranger"})).body["error"] == "unauthorized_client"


async def test_an_assertion_signs_in_too(arm: Arm) -> None:
    seen = await arm.sign_in({"client_secret": "", "client_assertion": "a.b.c"})
    assert seen.body["token_type"] == "Bearer"


@pytest.mark.parametrize(
    ("version", "code"), [("", "MissingApiVersionParameter"), ("latest", "InvalidApiVersionParameter")], ids=["missing", "nonsense"]
)
async def test_the_api_version_is_required(arm: Arm, version: str, code: str) -> None:
    seen = await arm.get(NETWORK, version=version)
    assert (seen.status, seen.code) == (400, code)


async def test_several_api_versions_are_served_at_once(arm: Arm) -> None:
    old = await arm.get(NETWORK, version="2022-01-01")
    new = await arm.get(NETWORK, version="2026-03-01")
    assert old.properties.keys() == new.properties.keys() - {"privateEndpointVNetPolicies"}


async def test_paths_are_compared_without_case_and_ids_keep_their_creators_spelling(arm: Arm) -> None:
    seen = await arm.get(SUBNET.upper().replace("/SUBSCRIPTIONS", "/subscriptions"))
    assert seen.body["id"] == SUBNET


async def test_an_unknown_subscription_is_404(arm: Arm) -> None:
    seen = await arm.get("/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/x")
    assert (seen.status, seen.code) == (404, "SubscriptionNotFound")


async def test_a_missing_resource_group_is_404_for_anything_in_it(arm: Arm) -> None:
    seen = await arm.get(SUBNET.replace("Net-RG", "gone"))
    assert (seen.status, seen.code, seen.message) == (404, "ResourceGroupNotFound", "Resource group 'gone' could not be found.")
    assert seen.headers["x-ms-failure-cause"] == GATEWAY_MADE_IT


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize(
    ("path", "parent"),
    [
        (f"{NETWORK}X/subnets/s", "Microsoft.Network/virtualNetworks/HubX"),
        (f"{SECURITY_GROUP}X/securityRules/r", "Microsoft.Network/networkSecurityGroups/ShieldX"),
    ],
    ids=["subnet", "rule"],
)
async def test_a_missing_parent_is_404_by_the_front_door_and_names_the_parent(arm: Arm, method: str, path: str, parent: str) -> None:
    seen = await arm.send(method, path, {"properties": {}} if method == "PUT" else None)
    assert (seen.status, seen.code) == (404, "ResourceNotFound")
    assert seen.message == (
        f"The Resource '{parent}' under resource group 'Net-RG' was not found. "
        "For more details please go to https://aka.ms/ARMResourceNotFoundFix"
    )
    assert seen.headers["x-ms-failure-cause"] == GATEWAY_MADE_IT


@pytest.mark.parametrize("path", [f"{NETWORK}/subnets/none", f"{RULES}/none"], ids=["subnet", "rule"])
async def test_a_missing_child_is_404_by_the_provider(arm: Arm, path: str) -> None:
    seen = await arm.get(path)
    assert seen.body == {"error": {"code": "NotFound", "message": f"Resource {path} not found.", "details": []}}
    assert seen.status == 404
    assert "x-ms-failure-cause" not in seen.headers


@pytest.mark.parametrize("path", [f"{NETWORK}X", f"{NETWORK}/subnets/none", f"{RULES}/none"], ids=["network", "subnet", "rule"])
async def test_deleting_what_is_not_there_is_204(arm: Arm, path: str) -> None:
    seen = await arm.delete(path)
    assert (seen.status, seen.text) == (204, "")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"{GROUP}/providers/Microsoft.Network/unheardOf/x", "InvalidResourceType"),
        (f"{GROUP}/providers/Contoso.Things/things/x", "InvalidResourceNamespace"),
    ],
    ids=["type", "namespace"],
)
async def test_an_unknown_type_is_404(arm: Arm, path: str, code: str) -> None:
    seen = await arm.get(path)
    assert (seen.status, seen.code) == (404, code)


async def test_bodies_are_json_with_charset_and_without_a_body_there_is_no_type(arm: Arm) -> None:
    assert (await arm.get(NETWORK)).headers["content-type"] == "application/json; charset=utf-8"
    assert "content-type" not in (await arm.delete(f"{RULES}/deny-the-rest")).headers


async def test_a_body_that_is_not_json_is_400(arm: Arm) -> None:
    seen = await arm.put(SUBNET, ["not", "an", "object"])
    assert (seen.status, seen.code) == (400, "InvalidRequestContent")


async def test_a_method_that_a_type_does_not_have_is_405(arm: Arm) -> None:
    assert (await arm.send("PATCH", SUBNET, {})).status == 405


async def test_an_unregistered_provider_refuses_writes_and_registers_on_request(arm: Arm, emulator: Emulator) -> None:
    emulator.reset({"subscriptions": [{"subscriptionId": SUBSCRIPTION}], "providers": {"Microsoft.Network": "NotRegistered"}})
    emulator.put(GROUP, {"location": "westeurope"})
    refused = await arm.put(NETWORK, {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/8"]}}})
    assert (refused.status, refused.code) == (409, "MissingSubscriptionRegistration")
    provider = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Network"
    assert (await arm.get(provider)).body["registrationState"] == "NotRegistered"
    emulator.settings(latency="lan")
    assert (await arm.send("POST", f"{provider}/register")).body["registrationState"] == "Registering"
    emulator.advance(61)
    assert (await arm.get(provider)).body["registrationState"] == "Registered"


async def test_subscriptions_and_resource_groups_can_be_listed(arm: Arm) -> None:
    (subscription,) = (await arm.get("/subscriptions")).body["value"]
    assert (subscription["subscriptionId"], subscription["tenantId"], subscription["state"]) == (SUBSCRIPTION, TENANT, "Enabled")
    (group,) = (await arm.get(f"/subscriptions/{SUBSCRIPTION}/resourcegroups")).body["value"]
    assert (group["name"], group["location"], group["properties"]) == ("Net-RG", "westeurope", {"provisioningState": "Succeeded"})


async def test_a_resource_group_goes_with_all_that_is_in_it(arm: Arm, emulator: Emulator) -> None:
    accepted = await arm.delete(GROUP)
    assert accepted.status == 202
    assert (await arm.get(accepted.headers["location"])).status == 200
    assert (await arm.get(NETWORK)).code == "ResourceGroupNotFound"
    assert emulator.get(SUBNET) is None


async def test_discovery_documents_point_back_here(arm: Arm, emulator: Emulator) -> None:
    openid = (await arm.get(f"{emulator.url}/{TENANT}/v2.0/.well-known/openid-configuration")).body
    assert openid["token_endpoint"] == f"{emulator.url}/{TENANT}/oauth2/v2.0/token"
    cloud = (await arm.get(f"{emulator.url}/metadata/endpoints?api-version=2022-09-01")).body
    assert cloud["resourceManager"] == cloud["authentication"]["loginEndpoint"] == emulator.url
