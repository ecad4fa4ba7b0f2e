"""The first act, chapter by chapter: a resource in Integration mode. No sentence comes before its observation."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

from demo.narrator import Narrator
from demo.scene import NOTICE_SECONDS, REPAIR_SECONDS, DidNotHappen, Scene


def tell(scene: Scene, narrator: Narrator) -> None:
    """All chapters. Raises `DidNotHappen` where the world does not follow the story."""
    until_ready(scene, narrator)
    broken_and_healed(scene, narrator)
    deleted(scene, narrator)


def until_ready(scene: Scene, narrator: Narrator, *, title: str = "One resource is applied") -> None:
    """The example is applied, and Azure becomes what it asks for."""
    example = scene.example
    narrator.chapter(title)
    narrator.show(scene.apply(), command=f"kubectl apply -f examples/{example.path.name}")
    with narrator.awaiting("Azure is being prepared …"):
        for table in scene.tables_until_ready():
            narrator.show(table, command="kubectl get wgn -o wide")
    narrator.tell("The resource is Ready. In its own words:")
    narrator.quote(scene.condition("Ready")["message"])

    group = last_segment(scene.group_id())
    attached = scene.subnet()["properties"].get("networkSecurityGroup", {}).get("id", "")
    expect(last_segment(attached) == group, f"Network security group {group} is not attached to subnet {example.subnet_name}.")
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
        expect(not scene.delegations(), "The delegation could not be removed.")
        narrator.tell(f"Somebody removes the delegation of subnet {example.subnet_name}.")
        scene.deny(rule["id"])
        expect(scene.access(rule["id"]) == "Deny", f"Rule {rule['name']} could not be changed.")
        narrator.tell(f"Somebody turns rule {rule['name']} from Allow to Deny.")
    with narrator.awaiting(f"The operator compares Azure with the resource every {example.resync_seconds} s …"):
        drift = scene.wait_for_event("DriftDetected", seconds=example.resync_seconds + NOTICE_SECONDS)
        narrator.tell(f"The operator looks, as it does every {example.resync_seconds} s, and reports what it finds:")
        quote_event(drift, narrator)
    with narrator.awaiting("The operator puts it right …"):
        scene.eventually(scene.delegations, what="The delegation did not come back", seconds=REPAIR_SECONDS)
        narrator.tell(f"The subnet is delegated again, to {_delegation(scene)}.")
        scene.eventually(lambda: scene.access(rule["id"]) == "Allow", what="The rule did not change back", seconds=REPAIR_SECONDS)
        narrator.tell("The rule says Allow again.")
        healed = scene.wait_for_event("DriftCorrected", seconds=REPAIR_SECONDS)
        narrator.tell("The operator has looked once more, and closes the case:")
        quote_event(healed, narrator)
    _tell_that_the_rest_is_untouched(scene, narrator)


def deleted(scene: Scene, narrator: Narrator) -> None:
    """The resource is deleted, and what was made for it goes too."""
    narrator.chapter("The resource is deleted")
    narrator.show("", command=f"kubectl delete wgn {scene.example.name}")
    gone(scene, narrator, scene.delete())


def gone(scene: Scene, narrator: Narrator, deletion: Future[str]) -> None:
    """A deletion comes to its end, and Azure is as it was."""
    with narrator.awaiting("The operator takes back what it made …"):
        scene.eventually(deletion.done, what="The deletion did not end", seconds=REPAIR_SECONDS)
    narrator.show(deletion.result())
    narrator.tell("The resource is gone.")
    left_behind = scene.left_behind()
    expect(not left_behind, f"Something was left behind: {', '.join(left_behind)}.")
    differing = scene.differences()
    expect(not differing, f"Azure is not as it was: {', '.join(differing)}.")
    narrator.tell("Azure is what it was before the resource was applied: every property of every resource, the subnet's too.")


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
    expect(not differing, f"Something changed that is not the operator's: {', '.join(differing)}.")
    narrator.tell("Everything else is as it was: route table, NAT gateway, service endpoints, the neighbour's subnet and rules.")


def _delegation(scene: Scene) -> str:
    delegations = scene.delegations()
    expect(bool(delegations), f"Subnet {scene.example.subnet_name} is not delegated.")
    return ", ".join(delegations)


def ask_to_look(scene: Scene, narrator: Narrator, *, request: str) -> None:
    """Ask the operator, by the documented annotation, to look now."""
    command = f"kubectl annotate wgn {scene.example.name} workspacegateway.dev/reconcile-requested-at={request} --overwrite"
    narrator.show(scene.look_now(request), command=command)


def quote_event(event: dict[str, Any], narrator: Narrator) -> None:
    """What the operator says in an event."""
    narrator.quote(f"{event['type']} {event['reason']}: {event['note']}")


def expect(holds: bool, otherwise: str) -> None:
    """Raise `DidNotHappen` with a sentence, unless something holds."""
    if not holds:
        raise DidNotHappen(otherwise)


def last_segment(id: str) -> str:
    """The name in an id."""
    return id.rpartition("/")[2]
