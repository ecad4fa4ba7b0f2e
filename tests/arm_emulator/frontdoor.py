"""ARM's front door: what is checked before a resource provider is asked, and which of them is."""

from __future__ import annotations

import re

from arm_emulator.arm import Answer, ArmError, ArmPath, Call, Principal, front_door_error, parse_path
from arm_emulator.providers import Registry
from arm_emulator.providers.base import ResourceType, method_not_allowed
from arm_emulator.world import World

_API_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(-\w+)?")
_UNREGISTERED = ("NotRegistered", "Unregistered")


class FrontDoor:
    """Takes a call in, and gives its answer; the effect, if any, has happened when it returns."""

    def __init__(self, world: World, registry: Registry) -> None:
        self.world = world
        self.registry = registry

    def answer(self, call: Call) -> Answer:
        try:
            self.world.timeline.settle()
            return self._route(call)
        except ArmError as refusal:
            return refusal.answer()

    def parse(self, path: str) -> ArmPath:
        parsed = parse_path(path)
        if parsed is None:
            raise front_door_error(404, "NotFound", f"No resource can be found at '{path}'.")
        return parsed

    def _route(self, call: Call) -> Answer:
        check_api_version(call.api_version)
        self._check_subscription(call.path, call.principal)
        type = self._type(call)
        self._check_ancestors(call)
        if call.method in ("PUT", "PATCH", "DELETE"):
            self._check_registration(call.path)
        if call.method == "POST":
            return type.act(call)
        if not call.path.is_resource:
            if call.method != "GET":
                raise method_not_allowed(call)
            return type.list(call)
        if call.method == "GET":
            return type.read(call)
        if call.method == "HEAD":
            type.get(call.path)
            return Answer(status=204)
        if call.method == "PUT":
            return type.write(call)
        if call.method == "PATCH":
            return type.patch(call)
        if call.method == "DELETE":
            return type.delete(call)
        raise method_not_allowed(call)

    def _check_subscription(self, path: ArmPath, principal: Principal | None) -> None:
        if path.subscription is None:
            return
        subscription = self.world.subscriptions.get(path.subscription.lower())
        if subscription is None:
            raise front_door_error(
                404, "SubscriptionNotFound", f"The subscription '{path.subscription}' could not be found."
            )
        if principal and subscription.tenant_id and principal.tenant_id.lower() != subscription.tenant_id.lower():
            raise front_door_error(
                401,
                "InvalidAuthenticationTokenTenant",
                f"The access token is from the wrong issuer: tenant '{principal.tenant_id}'. It must match the tenant "
                f"'{subscription.tenant_id}' associated with this subscription.",
                **{"WWW-Authenticate": 'Bearer error="invalid_token"'},
            )

    def _type(self, call: Call) -> ResourceType:
        path = call.path
        found = self.registry.find(path.type)
        if found is None and call.method == "POST" and path.parent is not None:
            found = self.registry.find(path.parent.type)
        if found is not None:
            return found
        if path.namespace.lower() not in self.registry.namespaces:
            raise front_door_error(
                404, "InvalidResourceNamespace", f"The resource namespace '{path.namespace}' is invalid."
            )
        raise front_door_error(
            404,
            "InvalidResourceType",
            f"The resource type '{'/'.join(path.types)}' could not be found in the namespace '{path.namespace}' for api "
            f"version '{call.api_version}'.",
        )

    def _check_ancestors(self, call: Call) -> None:
        """The resource group, then every resource that this one is nested in, must exist."""
        path = call.path
        is_group = path.type.lower() == "microsoft.resources/resourcegroups"
        if path.resource_group and not is_group and path.subscription:
            if self.world.resource_group(subscription=path.subscription, name=path.resource_group) is None:
                raise front_door_error(
                    404, "ResourceGroupNotFound", f"Resource group '{path.resource_group}' could not be found."
                )
        ancestors: list[ArmPath] = []
        parent = path.parent
        while parent is not None:
            ancestors.insert(0, parent)
            parent = parent.parent
        own = self.registry.find(path.type)
        for each in ancestors:
            type = self.registry.find(each.type)
            outlives = own is not None and own.outlives_parent
            if type is not None and type.stored and not outlives and type.find(each) is None:
                raise type.missing(each)

    def _check_registration(self, path: ArmPath) -> None:
        subscription = self.world.subscriptions.get(str(path.subscription).lower())
        if subscription and subscription.registration(path.namespace) in _UNREGISTERED:
            raise front_door_error(
                409,
                "MissingSubscriptionRegistration",
                f"The subscription is not registered to use namespace '{path.namespace}'. "
                "See https://aka.ms/rps-not-found for how to register subscriptions.",
            )


def check_api_version(version: str) -> None:
    if not version:
        raise front_door_error(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        )
    if not _API_VERSION.fullmatch(version):
        raise front_door_error(
            400, "InvalidApiVersionParameter", f"The api-version '{version}' is invalid."
        )
