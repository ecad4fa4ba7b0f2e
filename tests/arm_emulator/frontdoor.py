"""ARM's front door: what is checked before a resource provider is asked, and which of them is."""

from __future__ import annotations

import re
from dataclasses import replace

from arm_emulator.arm import (
    Answer,
    ArmError,
    ArmPath,
    Call,
    Principal,
    front_door_error,
    parse_path,
    provider_not_registered,
    resource_group_not_found,
)
from arm_emulator.providers import Registry
from arm_emulator.providers.base import ResourceType, method_not_allowed, region
from arm_emulator.world import World

_API_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(-\w+)?")
_UNREGISTERED = ("NotRegistered", "Unregistered")


class FrontDoor:
    """Takes a call in, and gives its answer; the effect, if any, has happened when it returns."""

    def __init__(self, world: World, registry: Registry) -> None:
        self.world = world
        self.registry = registry

    def answer(self, call: Call) -> Answer:
        counters: dict[str, str] = {}
        try:
            self.world.timeline.settle()
            if self.world.settings.throttle:
                counters = self.world.throttle.admit(call)
            answer = self._route(call)
        except ArmError as refusal:
            answer = refusal.answer()
        if not counters or answer.status == 404 or self._counts_for_itself(call.path):
            return answer
        return replace(answer, headers={**answer.headers, **counters})

    def parse(self, path: str) -> ArmPath:
        parsed = parse_path(path)
        if parsed is None:
            raise front_door_error(404, "NotFound", f"No resource can be found at '{path}'.")
        return parsed

    def _route(self, call: Call) -> Answer:
        check_api_version(call.api_version)
        self._check_subscription(call.path, call.principal)
        type = self._type(call)
        stale = call.stale if call.method in ("GET", "HEAD") and not type.polled else 0.0
        with self.world.as_before(seconds=stale):
            self._check_governance(call, type)
            self._check_ancestors(call, type)
            if call.method in ("PUT", "PATCH", "DELETE"):
                self._check_registration(call.path)
            if call.method == "PUT" and type.stored:
                self._check_location(call, type)
            admitted = type.admit(call) if self.world.settings.throttle else {}
            answer = self._verb(call, type)
            return replace(answer, headers={**answer.headers, **admitted}) if admitted else answer

    def _counts_for_itself(self, path: ArmPath) -> bool:
        found = self.registry.find(path.type)
        return found is not None and found.counts_for_itself

    def _check_governance(self, call: Call, type: ResourceType) -> None:
        """Roles, locks and policies. A list that leaves out what its caller may not see is not refused."""
        settings = self.world.settings
        filtered = settings.unreadable_lists == "filtered" and type.stored and call.method == "GET" and not call.path.is_resource
        free = type.polled and not settings.polls_need_role
        if filtered or free or call.path.subscription is None:
            return
        joins = list(type.joins(call.body)) if call.method in ("PUT", "PATCH") and isinstance(call.body, dict) else []
        self.world.governance.check(call, action=type.action(call), scope=type.scope(call), joins=joins)

    @staticmethod
    def _verb(call: Call, type: ResourceType) -> Answer:
        on_resource = {
            "GET": type.read,
            "HEAD": type.exists,
            "PUT": type.write,
            "PATCH": type.patch,
            "DELETE": type.delete,
            "POST": type.act,
        }
        on_collection = {"GET": type.list, "POST": type.act}
        verb = (on_resource if call.path.is_resource else on_collection).get(call.method)
        if verb is None:
            raise method_not_allowed(call)
        return verb(call)

    def _check_subscription(self, path: ArmPath, principal: Principal | None) -> None:
        if path.subscription is None:
            return
        subscription = self.world.subscriptions.get(path.subscription.lower())
        if subscription is None:
            raise front_door_error(404, "SubscriptionNotFound", f"The subscription '{path.subscription}' could not be found.")
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
            raise front_door_error(404, "InvalidResourceNamespace", f"The resource namespace '{path.namespace}' is invalid.")
        raise front_door_error(
            404,
            "InvalidResourceType",
            f"The resource type '{'/'.join(path.types)}' could not be found in the namespace '{path.namespace}' for api "
            f"version '{call.api_version}'.",
        )

    def _check_ancestors(self, call: Call, type: ResourceType) -> None:
        """The resource group, then every resource that this one is nested in, must exist."""
        path = call.path
        if path.resource_group and path.type.lower() != "microsoft.resources/resourcegroups":
            group = self.world.resource_group(subscription=str(path.subscription), name=path.resource_group)
            if group is None:
                raise resource_group_not_found(path.resource_group)
        if type.outlives_parent or (call.method == "DELETE" and type.gone_with_parent):
            return
        for ancestor in path.ancestors:
            above = self.registry.find(ancestor.type)
            if above is not None and above.stored and above.find(ancestor) is None:
                raise type.orphaned(call, above.missing(ancestor))

    @staticmethod
    def _check_location(call: Call, type: ResourceType) -> None:
        """A resource does not move to another region. Resource groups say so in their own words."""
        existing = type.find(call.path)
        wanted = call.body.get("location") if isinstance(call.body, dict) else None
        if existing is None or not existing.location or not wanted or call.path.type.lower() == "microsoft.resources/resourcegroups":
            return
        if region(str(wanted)) != region(existing.location):
            raise front_door_error(
                409,
                "InvalidResourceLocation",
                f"The resource '{existing.name}' already exists in location '{existing.location}' in resource group "
                f"'{call.path.resource_group}'. A resource with the same name cannot be created in location '{wanted}'. Please select a "
                "new resource name.",
            )

    def _check_registration(self, path: ArmPath) -> None:
        subscription = self.world.subscriptions.get(str(path.subscription).lower())
        if subscription and subscription.registration(path.namespace) in _UNREGISTERED:
            raise provider_not_registered(path.namespace)


def check_api_version(version: str) -> None:
    """Raise the front door's 400 for a request without api-version, or with one that is not a date."""
    if not version:
        raise front_door_error(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        )
    if not _API_VERSION.fullmatch(version):
        raise front_door_error(400, "InvalidApiVersionParameter", f"The api-version '{version}' is invalid.")
