"""What happens in Azure and to the resource until a request is made: from a start, or from a life that has come to rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from contract.azure.life import ZONE, Document, Life, attach_shared, bring_gateway, rich_seed, take_gateway
from contract.azure.names import GATEWAY, put_internal_gateway
from contract.azure.world import SUBSCRIPTION, World

Beginning = Callable[[World], Life]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """How a request comes about. `then` happens after the life has come to rest; without it the request is one of its beginning."""

    begin: Beginning
    then: Callable[[Life], None] | None = None

    async def life(self, world: World, rests: dict[str, Document]) -> Life:
        """The resource, just before the request. `rests` remembers, for one emulator, how each life was at rest."""
        if self.then is None:
            world.emulator.reset(rich_seed())
            return self.begin(world)
        name = self.begin.__name__
        if name in rests:
            world.emulator.go_back(name)
            life = Life(world, resource=rests[name])
        else:
            world.emulator.reset(rich_seed())
            life = self.begin(world)
            assert await life.settle()
            assert life.said()[1] in {"AwaitingGateway", "Reconciled"}, life.said()
            rests[name] = life.document()
            world.emulator.keep(name)
        self.then(life)
        return life


# --- beginnings -------------------------------------------------------------------------------------------------------


def own_group(world: World) -> Life:
    """Integration, with a group that the operator makes."""
    return Life(world, deletionPolicy="Delete")


def shared_group(world: World) -> Life:
    """Integration, with rules in a group of somebody else."""
    attach_shared(world.emulator)
    return Life(world, deletionPolicy="Delete")


def injection(world: World) -> Life:
    """Injection, with a gateway that has an address and a name."""
    bring_gateway(world.emulator)
    return Life(world, mode="Injection", deletionPolicy="Delete")


def unconnected(world: World) -> Life:
    """Injection, with a gateway that no workspace uses yet."""
    put_internal_gateway(world.emulator)
    return Life(world, mode="Injection")


def unlisted(world: World) -> Life:
    """Injection for an identity that may list nothing in the subscription, and all in its resource group."""
    bring_gateway(world.emulator)
    refuse(world, f"^/subscriptions/{SUBSCRIPTION}/providers/microsoft\\.(network|apimanagement)/[a-z]+$")
    return Life(world, mode="Injection")


def told_by_id(world: World) -> Life:
    """Integration for an identity that may list no networks at all, not even those of its resource group."""
    refuse(world, "/virtualnetworks$")
    return Life(world)


def registration(world: World) -> Life:
    """A subscription that has to be registered."""
    world.emulator.reset(rich_seed(providers={"Microsoft.Web": "NotRegistered"}))
    return Life(world, resourceProviderRegistration="Register")


def refuse(world: World, path: str) -> None:
    """The identity may not read this."""
    world.emulator.add_fault(
        method="GET", path=path, answer={"status": 403, "body": {"error": {"code": "AuthorizationFailed", "message": "As recorded."}}}
    )


# --- what happens at rest ---------------------------------------------------------------------------------------------


def delete(life: Life) -> None:
    """The resource is deleted."""
    life.delete()


def delete_after_gateway(life: Life) -> None:
    """The gateway is deleted, and then the resource."""
    take_gateway(life.emulator)
    life.delete()


def break_group(life: Life) -> None:
    """The last change of the group has failed, by Azure's own account."""
    life.emulator.patch(own_group_id(life), {"properties": {"provisioningState": "Failed"}})


def unmark_group(life: Life) -> None:
    """Somebody takes the marks off the group."""
    life.emulator.patch(own_group_id(life), {"tags": None})


def unmark_zone(life: Life) -> None:
    """Somebody takes the marks off the zone."""
    life.emulator.patch(ZONE, {"tags": None})


def unmark_link(life: Life) -> None:
    """Somebody takes the marks off the link."""
    life.emulator.patch(link_id(life), {"tags": None})


def register_by_link(life: Life) -> None:
    """Somebody has the network's machines registered in the zone."""
    life.emulator.patch(link_id(life), {"properties": {"registrationEnabled": True}})


def change_rule(life: Life) -> None:
    """Somebody opens another port with a rule of ours."""
    (rule,) = [each for each in life.ids("/securityrules/wgn-") if "internet" in each]
    life.emulator.patch(rule, {"properties": {"destinationPortRange": "8443", "destinationPortRanges": []}})


def move_gateway(life: Life) -> None:
    """The gateway gets another address."""
    life.emulator.patch(GATEWAY, {"properties": {"frontend": {"inboundIPAddresses": {"private": ["10.1.0.9"]}}}})


def own_group_id(life: Life) -> str:
    """The group that the operator has made."""
    (group,) = life.ids("/networksecuritygroups/wgn-[^/]+$")
    return group


def link_id(life: Life) -> str:
    """The link that the operator has made."""
    (link,) = life.ids("/virtualnetworklinks/wgn-")
    return link
