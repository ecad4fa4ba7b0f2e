"""The story, chapter by chapter. No sentence comes before its observation."""

from __future__ import annotations

from typing import Any

from demo.narrator import Narrator
from demo.scene import NOTICE_SECONDS, REPAIR_SECONDS, DidNotHappen, Scene


def tell(scene: Scene, narrator: Narrator) -> None:
    """All chapters. Raises `DidNotHappen` where the world does not follow the story."""
    until_ready(scene, narrator)
    broken_and_healed(scene, narrator)
    deleted(scene, narrator)


def until_ready(scene: Scene, narrator: Narrator) -> None:
    """The example is applied, and Azure becomes what it asks for."""
    example = scene.example
    narrator.chapter("One resource is applied")
    narrator.show(scene.apply(), command=f"kubectl apply -f examples/{example.path.name}")
    with narrator.awaiting("Azure is being prepared …"):
        for table in scene.tables_until_ready():
            narrator.show(table, command="kubectl get wgn -o wide")
    narrator.tell("The resource is Ready. In its own words:")
    narrator.quote(scene.condition("Ready")["message"])

    group = _name(scene.group_id())
    attached = scene.subnet()["properties"].get("networkSecurityGroup", {}).get("id", "")
    _expect(_name(attached) == group, f"Network security group {group} is not attached to subnet {example.subnet_name}.")
    narrator.tell(f"Azure has it: subnet {example.subnet_name} is delegated to {_delegation(scene)}.")
    narrator.tell(f"Network security group {group} is attached, with the rules that Microsoft asks for.")
    for rule in scene.rules():
        narrator.quote(rule_in_words(rule))
    _tell_that_the_rest_is_untouched(scene, narrator)


def broken_and_healed(scene: Scene, narrator: Narrator) -> None:
    """Somebody changes Azure by hand; the operator sees it, says so, and puts it right."""
    example = scene.example
    narrator.chapter("Somebody changes Azure by hand")
    rule = scene.rules()[-1]
    with narrator.awaiting("Somebody is at work in Azure …"):
        scene.remove_delegation()
        _expect(not scene.delegations(), "The delegation could not be removed.")
        narrator.tell(f"Somebody removes the delegation of subnet {example.subnet_name}.")
        scene.deny(rule["id"])
        _expect(scene.access(rule["id"]) == "Deny", f"Rule {rule['name']} could not be changed.")
        narrator.tell(f"Somebody turns rule {rule['name']} from Allow to Deny.")
    with narrator.awaiting(f"The operator compares Azure with the resource every {example.resync_seconds} s …"):
        drift = scene.wait_for_event("DriftDetected", seconds=example.resync_seconds + NOTICE_SECONDS)
        narrator.tell(f"The operator looks, as it does every {example.resync_seconds} s, and reports what it finds:")
        _quote_event(drift, narrator)
    with narrator.awaiting("The operator puts it right …"):
        scene.eventually(scene.delegations, what="The delegation did not come back", seconds=REPAIR_SECONDS)
        narrator.tell(f"The subnet is delegated again, to {_delegation(scene)}.")
        scene.eventually(lambda: scene.access(rule["id"]) == "Allow", what="The rule did not change back", seconds=REPAIR_SECONDS)
        narrator.tell("The rule says Allow again.")
        healed = scene.wait_for_event("DriftCorrected", seconds=REPAIR_SECONDS)
        narrator.tell("The operator has looked once more, and closes the case:")
        _quote_event(healed, narrator)
    _tell_that_the_rest_is_untouched(scene, narrator)


def deleted(scene: Scene, narrator: Narrator) -> None:
    """The resource is deleted while a gateway lives on it: nothing is taken from under the gateway."""
    example = scene.example
    narrator.chapter("The resource is deleted, with a gateway still in the subnet")
    gateway_moves_in(scene, narrator)

    written = len(scene.stage.writes())
    narrator.show("", command=f"kubectl delete wgn {example.name}")
    deletion = scene.delete()
    with narrator.awaiting("kubectl waits …"):
        scene.eventually(
            lambda: scene.condition("Ready").get("reason") == "GatewayStillAttached",
            what="The deletion was not held back",
            seconds=NOTICE_SECONDS,
        )
        _expect(not deletion.done(), "kubectl delete did not wait.")
    narrator.tell("kubectl waits: the operator holds the deletion back, because somebody's calls still go through that gateway.")
    narrator.show(scene.table(), command="kubectl get wgn -o wide")
    narrator.quote(scene.condition("Ready")["message"])
    _expect(len(scene.stage.writes()) == written, "Something was written to Azure although a gateway is there.")
    narrator.tell("Nothing was removed: since the deletion began the operator has only read.")

    group_id = scene.group_id()
    scene.gateway_moves_out()
    narrator.tell(f"Somebody deletes gateway {_name(example.gateway_id)}, and asks the operator to look now:")
    _ask_to_look(scene, narrator, request="gateway-deleted")
    with narrator.awaiting("The operator takes back what it made …"):
        scene.eventually(deletion.done, what="The deletion did not end", seconds=REPAIR_SECONDS)
    narrator.show(deletion.result())
    narrator.tell("The resource is gone.")
    _expect(scene.auditor.get(group_id) is None, f"Network security group {_name(group_id)} is still there.")
    narrator.tell(f"Network security group {_name(group_id)} is gone with it.")
    left_behind = scene.left_behind()
    _expect(not left_behind, f"Something was left behind: {', '.join(left_behind)}.")
    differing = scene.differences()
    _expect(not differing, f"Azure is not as it was: {', '.join(differing)}.")
    narrator.tell("Azure is what it was before the resource was applied: every property of every resource, the subnet's too.")


def gateway_moves_in(scene: Scene, narrator: Narrator) -> None:
    """A gateway comes alive in the subnet, and the resource knows it."""
    scene.gateway_moves_in()
    _ask_to_look(scene, narrator, request="gateway-created")
    with narrator.awaiting("The operator looks for the gateway …"):
        scene.eventually(
            lambda: scene.condition("GatewayAttached").get("status") == "True",
            what="The gateway was not found",
            seconds=NOTICE_SECONDS,
        )
    narrator.tell("A gateway has gone live in the subnet, and the resource knows it:")
    narrator.quote(scene.condition("GatewayAttached")["message"])


def rule_in_words(rule: dict[str, Any]) -> str:
    """A security rule as one line: number, direction, access, from where to where."""
    properties = rule["properties"]
    ports = properties.get("destinationPortRanges") or [properties.get("destinationPortRange")]
    peers = f"{properties['sourceAddressPrefix']} → {properties['destinationAddressPrefix']}"
    return (
        f"{properties['priority']}  {properties['direction']} {properties['access']}  {peers}, "
        f"{properties['protocol'].upper()} {', '.join(ports)}  ({rule['name']})"
    )


def _tell_that_the_rest_is_untouched(scene: Scene, narrator: Narrator) -> None:
    differing = scene.foreign_differences()
    _expect(not differing, f"Something changed that is not the operator's: {', '.join(differing)}.")
    narrator.tell("Everything else is as it was: route table, NAT gateway, service endpoints, the neighbour's subnet and rules.")


def _ask_to_look(scene: Scene, narrator: Narrator, *, request: str) -> None:
    command = f"kubectl annotate wgn {scene.example.name} workspacegateway.dev/reconcile-requested-at={request} --overwrite"
    narrator.show(scene.look_now(request), command=command)


def _delegation(scene: Scene) -> str:
    delegations = scene.delegations()
    _expect(bool(delegations), f"Subnet {scene.example.subnet_name} is not delegated.")
    return ", ".join(delegations)


def _quote_event(event: dict[str, Any], narrator: Narrator) -> None:
    narrator.quote(f"{event['type']} {event['reason']}: {event['note']}")


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise DidNotHappen(otherwise)


def _name(id: str) -> str:
    return id.rpartition("/")[2]
