"""What Azure would refuse later is said beforehand, all at once."""

from __future__ import annotations

from stage import seeds
from stage.stage import BRISK, SetTheStage

PLAN = f"{seeds.GROUP}/providers/Microsoft.Web/serverFarms/plan"


def test_everything_that_stands_in_the_way_is_told_from_one_look_and_nothing_is_written(set_the_stage: SetTheStage) -> None:
    subnet = seeds.plain_subnet("team-a", prefix="10.1.0.0/28")
    link = {"name": "AppServiceLink", "properties": {"linkedResourceType": "Microsoft.Web/serverfarms", "link": PLAN}}
    subnet["properties"] |= {
        "serviceAssociationLinks": [link],
        "delegations": [{"name": "0", "properties": {"serviceName": "Microsoft.ApiManagement/service"}}],
    }
    seed = {**seeds.hub(subnets=[subnet]), "providers": {"Microsoft.Web": "NotRegistered"}}
    stage = set_the_stage(seed=seed, running=False)
    stage.azure.patch(seeds.SERVICE, {"location": "West Europe", "sku": {"name": "Developer"}})
    stage.start_operator()
    stage.apply()

    region = (
        "Virtual network hub is in uksouth, but API Management service contoso is in West Europe. Use a network in the service's region."
    )
    others = [
        "API Management service contoso has the tier Developer, which has no workspace gateways. Under requirements 2025-06-18 use Premium.",
        (
            "Subnet 10.1.0.0/28 is too small: a workspace gateway needs /27 to /24, /24 recommended. Use another subnet; the prefix of a"
            " subnet in use cannot be changed."
        ),
        (
            f"Subnet team-a is used by {PLAN} (service association link AppServiceLink). A workspace gateway needs the subnet to itself:"
            " disconnect that resource from the network, or use another subnet."
        ),
        (
            f"Subscription {seeds.SUBSCRIPTION} is not registered for Microsoft.Web, without which Azure does not delegate the subnet. Run"
            f" `az provider register --namespace Microsoft.Web --subscription {seeds.SUBSCRIPTION}`, or set"
            " spec.resourceProviderRegistration to Register."
        ),
        (
            "Subnet team-a is delegated to Microsoft.ApiManagement/service (delegation '0'), but the gateway needs Microsoft.Web/serverFarms."
            " The portal offers Microsoft.ApiManagement/service, but it is not what workspace gateways use. Remove that delegation if nothing"
            " needs it, or use another subnet."
        ),
    ]
    ready = stage.wait_reason("LocationMismatch")
    assert ready["message"] == f"{region} (5 more findings: see the other conditions and the events.)"
    assert stage.condition("PrerequisitesMet")["message"] == " ".join([region, *others[:4]])
    assert stage.condition("SubnetDelegated")["message"] == others[4]
    stage.wait_for(lambda: {event["note"] for event in stage.events()} >= set(others), what="the events of the others")
    assert stage.writes() == []


def test_a_subscription_is_registered_on_request(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(seed={**seeds.hub(), "providers": {"Microsoft.Web": "NotRegistered"}}, **BRISK)
    stage.apply(resourceProviderRegistration="Register")

    stage.wait_reason("AwaitingGateway")
    posts = [exchange["liveRequest"]["url"] for exchange in stage.writes() if exchange["liveRequest"]["method"] == "POST"]
    assert [url.split("?")[0].rpartition("/subscriptions/")[2] for url in posts] == [
        f"{seeds.SUBSCRIPTION}/providers/Microsoft.Web/register"
    ]


def test_a_lock_is_told_before_anything_is_written_and_its_end_is_noticed(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(running=False, **BRISK)
    stage.azure.put_lock("frozen", scope=seeds.NETWORK, level="ReadOnly")
    stage.start_operator()
    stage.apply()

    assert stage.wait_reason("ScopeLocked")["message"] == (
        f"The lock frozen (ReadOnly) on {seeds.NETWORK} does not allow the operator to write subnet team-a. Remove the lock, or lift it for"
        " a while."
    )
    assert stage.writes() == []
    stage.azure.delete_lock("frozen")
    stage.wait_reason("AwaitingGateway")
