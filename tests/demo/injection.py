"""The second act: a gateway that is reached inside the network only, by a name. No sentence comes before its observation."""

from __future__ import annotations

from concurrent.futures import Future

from demo import story
from demo.injection_scene import HOSTS_LINES, InjectionScene
from demo.narrator import Narrator
from demo.scene import NOTICE_SECONDS, REPAIR_SECONDS
from demo.story import ask_to_look, expect, last_segment, quote_event

ACTIVATION_HOURS = 3.0
"""What Azure takes to create a gateway."""
ADDRESS_MINUTES = 5.0
"""After this a gateway that was created shows its address."""
DELETION_MINUTES = 20.0
"""After this a gateway that is being deleted is gone."""
LINK_HOURS = 2.0
"""How long a gateway's link stays on the subnet afterwards."""
WRONG_ADDRESS = "10.9.9.9"


def tell(scene: InjectionScene, narrator: Narrator) -> None:
    """All chapters. Raises `DidNotHappen` where the world does not follow the story."""
    prepared(scene, narrator)
    published(scene, narrator)
    broken_and_healed(scene, narrator)
    address_withheld(scene, narrator)
    deleted(scene, narrator)


def prepared(scene: InjectionScene, narrator: Narrator) -> None:
    """The example is applied; there is no gateway yet, and so no name."""
    story.until_ready(scene, narrator, title="A second resource, in Injection mode: its gateway will be reached inside the network only")
    reason = scene.condition("Ready").get("reason")
    expect(reason == "AwaitingGateway", f"Ready has the reason {reason}, not AwaitingGateway.")
    expect(not scene.private_dns(), f"Something is in private DNS already: {', '.join(scene.private_dns())}.")
    narrator.tell("The reason is AwaitingGateway, and private DNS is empty: nothing is published before it is known.")


def published(scene: InjectionScene, narrator: Narrator) -> None:
    """Somebody else creates the gateway; its name appears by itself."""
    example = scene.example
    gateway = last_segment(example.gateway_id)
    narrator.chapter("A gateway comes, made by somebody else")
    scene.create_gateway()
    expect(bool(scene.gateway_state()), f"Gateway {gateway} is not in Azure.")
    narrator.tell(f"Another team asks Azure for gateway {gateway}, which is {scene.gateway_state()}. That takes hours.")
    scene.time_passes(hours=ACTIVATION_HOURS)
    expect(scene.gateway_state() == "Succeeded", f"Gateway {gateway} is {scene.gateway_state() or 'gone'}, not Succeeded.")
    scene.connect_workspace()
    scene.time_passes(minutes=ADDRESS_MINUTES)
    narrator.tell(
        f"On the emulator's clock, {ACTIVATION_HOURS:g} hours are over: the gateway is there. The team connects a workspace to it."
    )
    ask_to_look(scene, narrator, request="gateway-created")
    with narrator.awaiting("The operator publishes the gateway's name …"):
        scene.eventually(
            lambda: scene.condition("DNSRecordsPublished").get("status") == "True",
            what="The name was not published",
            seconds=REPAIR_SECONDS,
        )
    narrator.tell("The operator has found the gateway, its hostname and its private address by itself:")
    narrator.quote(scene.condition("DNSRecordsPublished")["message"])
    _tell_what_dns_answers(scene, narrator)


def broken_and_healed(scene: InjectionScene, narrator: Narrator) -> None:
    """Somebody leads callers astray and shuts the gateway's door; both are put right."""
    narrator.chapter("Somebody repoints the name, and shuts the door")
    zone, rule = scene.zone_id(), scene.rules()[-1]
    addresses = scene.addresses(zone)
    with narrator.awaiting("Somebody is at work in Azure …"):
        scene.repoint(zone, WRONG_ADDRESS)
        expect(scene.addresses(zone) == [WRONG_ADDRESS], "The record could not be changed.")
        narrator.tell(f"Somebody has the record answer {WRONG_ADDRESS}.")
        scene.deny(rule["id"])
        expect(scene.access(rule["id"]) == "Deny", f"Rule {rule['name']} could not be changed.")
        narrator.tell(f"Somebody turns rule {rule['name']} from Allow to Deny.")
    ask_to_look(scene, narrator, request="somebody-was-here")
    with narrator.awaiting("The operator puts it right …"):
        drift = scene.wait_for_event("DriftDetected", seconds=NOTICE_SECONDS)
        narrator.tell("The operator looks, and reports what it finds:")
        quote_event(drift, narrator)
        scene.eventually(lambda: scene.addresses(zone) == addresses, what="The record did not change back", seconds=REPAIR_SECONDS)
        scene.eventually(lambda: scene.access(rule["id"]) == "Allow", what="The rule did not change back", seconds=REPAIR_SECONDS)
        narrator.tell(f"The record answers {', '.join(addresses)} again, and the rule says Allow.")
        quote_event(scene.wait_for_event("DriftCorrected", seconds=REPAIR_SECONDS), narrator)


def address_withheld(scene: InjectionScene, narrator: Narrator) -> None:
    """ARM shows no address of a live gateway: that is missing information, and not the absence of anything."""
    gateway = last_segment(scene.example.gateway_id)
    narrator.chapter("Azure shows no address for a while")
    zone, written = scene.zone_id(), len(scene.stage.writes())
    addresses = scene.addresses(zone)
    scene.show_addresses([])
    expect(not scene.shown_addresses(), "ARM still shows an address.")
    narrator.tell(f"Somebody empties the address that Azure shows of gateway {gateway}, which is as alive as before.")
    ask_to_look(scene, narrator, request="no-address")
    scene.looked("no-address")
    expect(scene.addresses(zone) == addresses, f"The record answers {', '.join(scene.addresses(zone)) or 'nothing'}.")
    expect(len(scene.stage.writes()) == written, "Something was written to Azure although nothing is known to have changed.")
    narrator.tell(f"The operator has looked, and written nothing: the record still answers {', '.join(addresses)}. It says:")
    narrator.quote(scene.condition("DNSRecordsPublished")["message"])
    scene.show_addresses(addresses)
    ask_to_look(scene, narrator, request="address-again")
    scene.looked("address-again")
    scene.eventually(
        lambda: scene.condition("Ready").get("reason") == "Reconciled", what="The resource did not recover", seconds=NOTICE_SECONDS
    )
    narrator.tell("Azure shows the address again, and all is well:")
    narrator.quote(scene.condition("Ready")["message"])


def deleted(scene: InjectionScene, narrator: Narrator) -> None:
    """The resource is deleted while its gateway lives: nothing is taken from under it, and everything once it is gone."""
    example = scene.example
    gateway = last_segment(example.gateway_id)
    narrator.chapter("The resource is deleted, with the gateway still in the subnet")
    zone, written = scene.zone_id(), len(scene.stage.writes())
    narrator.show("", command=f"kubectl delete wgn {example.name}")
    deletion = scene.delete()
    _held_back(scene, narrator, deletion, reason="GatewayStillAttached")
    narrator.tell("kubectl waits: the operator holds the deletion back, because calls still go through that gateway. It says:")
    narrator.quote(scene.condition("Ready")["message"])

    scene.delete_gateway()
    scene.time_passes(minutes=DELETION_MINUTES)
    expect(not scene.gateway_state(), f"Gateway {gateway} is still {scene.gateway_state()}.")
    expect(bool(scene.links_of_subnet()), "The gateway's link on the subnet is gone already.")
    narrator.tell(
        f"The team deletes gateway {gateway}. It is gone after a while, but for its link on the subnet, which Azure keeps for hours."
    )
    ask_to_look(scene, narrator, request="gateway-deleted")
    _held_back(scene, narrator, deletion, reason="ResourceInUse")
    narrator.tell("The deletion still waits, as Azure would refuse it:")
    narrator.quote(scene.condition("Ready")["message"])
    expect(bool(scene.addresses(zone)), "The record is gone too early.")
    expect(len(scene.stage.writes()) == written, "Something was written to Azure although the subnet may be in use.")
    narrator.tell("Nothing was removed: since the deletion began the operator has only read.")

    scene.time_passes(hours=LINK_HOURS)
    expect(not scene.links_of_subnet(), "The gateway's link is still on the subnet.")
    narrator.tell(f"On the emulator's clock, {LINK_HOURS:g} hours are over: the link is gone.")
    ask_to_look(scene, narrator, request="link-gone")
    story.gone(scene, narrator, deletion)


def _held_back(scene: InjectionScene, narrator: Narrator, deletion: Future[str], *, reason: str) -> None:
    with narrator.awaiting("kubectl waits …"):
        scene.eventually(
            lambda: scene.condition("Ready").get("reason") == reason, what="The deletion was not held back", seconds=NOTICE_SECONDS
        )
    expect(not deletion.done(), "kubectl delete did not wait.")


def _tell_what_dns_answers(scene: InjectionScene, narrator: Narrator) -> None:
    example = scene.example
    addresses = scene.addresses(scene.zone_id())
    expect(bool(addresses), "The record is not in private DNS.")
    networks = {example.network_id, *example.linked_network_ids}
    unlinked = sorted(map(last_segment, networks - scene.linked_network_ids()))
    expect(not unlinked, f"Private DNS is not linked to {', '.join(unlinked)}.")
    narrator.tell(
        f"Azure has it: the record answers {', '.join(addresses)}, in virtual networks {' and '.join(sorted(map(last_segment, networks)))}."
    )
    narrator.tell("What a machine without private DNS needs, as lines for its hosts file:")
    lines = scene.hosts_lines()
    expect(
        lines.splitlines() == [f"{address} {last_segment(scene.zone_id())}" for address in addresses], f"The lines are not so: {lines!r}."
    )
    narrator.show(lines, command=f"kubectl get wgn {example.name} -o jsonpath='{HOSTS_LINES}'")
