"""Microsoft.Resources: subscriptions, resource groups, resource providers and their registration."""

from __future__ import annotations

from arm_emulator.arm import Answer, ArmError, ArmPath, Call, Document, front_door_error, resource_group_not_found
from arm_emulator.governance.scopes import lies_in
from arm_emulator.operations import Operation
from arm_emulator.providers.base import ResourceType, body_of, region
from arm_emulator.store import Resource
from arm_emulator.world import REGISTERED, Subscription, World

REGISTRATION_SECONDS = 60.0


class Subscriptions(ResourceType):
    """Subscriptions, as a seed names them."""

    name = "Microsoft.Resources/subscriptions"
    stored = False

    def read(self, call: Call) -> Answer:
        return Answer(status=200, body=_subscription(self.world.subscriptions[str(call.path.subscription).lower()]))

    def list(self, call: Call) -> Answer:
        tenant = call.principal.tenant_id if call.principal else None
        principals = self.world.governance.principals
        seen = [each for each in self.world.subscriptions.values() if principals.sees(call.principal, each.id)]
        value = [_subscription(each) for each in seen if each.tenant_id in {None, tenant}]
        return Answer(status=200, body={"value": value, "count": {"type": "Total", "value": len(value)}})


class ResourceGroups(ResourceType):
    """Resource groups; written at once, deleted by an operation."""

    name = "Microsoft.Resources/resourceGroups"

    def action(self, call: Call) -> str:
        return super().action(call).replace("/resourceGroups/", "/subscriptions/resourceGroups/")

    def spelled_id(self, path: ArmPath) -> str:
        return f"/subscriptions/{path.subscription}/resourceGroups/{path.name}"

    def missing(self, path: ArmPath) -> ArmError:
        return resource_group_not_found(path.name)

    def listed(self, path: ArmPath) -> list[Resource]:
        return self.world.store.of_type(self.name, below=f"/subscriptions/{path.subscription}")

    def write(self, call: Call) -> Answer:
        body = body_of(call, required=("location",))
        group = self.find(call.path)
        if group is not None and region(group.location) != region(str(body["location"])):
            raise front_door_error(
                409,
                "InvalidResourceGroupLocation",
                f"Invalid resource group location '{body['location']}'. The Resource group already exists in location '{group.location}'.",
            )
        created = group is None
        group = self.place(call.path, body)
        return Answer(status=201 if created else 200, body=self.render(group, api_version=call.api_version))

    def patch(self, call: Call) -> Answer:
        group = self.get(call.path)
        group.document["tags"] = body_of(call).get("tags", group.document.get("tags", {}))
        return Answer(status=200, body=self.render(group, api_version=call.api_version))

    def delete(self, call: Call) -> Answer:
        """Deletes the group with all that is in it; what is in use outside of it is not looked at."""
        group = self.get(call.path)
        group.provisioning_state = "Deleting"
        operation = Operation(
            kind="DeleteResourceGroup",
            subscription=str(call.path.subscription),
            location=region(group.location),
            target=group.id,
            duration=20,
            locks=frozenset({group.key}),
            finish=lambda succeeded: self._finish(group, succeeded),
            deletes=True,
        )
        self.world.operations.start(operation, settings=self.world.settings, fault=call.operation_fault)
        location = f"{call.base_url}/subscriptions/{call.path.subscription}/operationresults/{operation.id}?api-version={call.api_version}"
        return Answer(status=202, headers={"Location": location, "Retry-After": self.world.clock.retry_after(15)})

    def _finish(self, group: Resource, succeeded: bool) -> None:
        if not succeeded:
            group.provisioning_state = "Failed"
            return
        self.displace(group)

    def displace(self, resource: Resource) -> None:
        for each in self.world.store:
            if each.key.startswith(f"{resource.key}/"):
                self.world.store.remove(each.id)
        super().displace(resource)


class OperationResults(ResourceType):
    """``GET /subscriptions/{s}/operationresults/{id}``: what the deletion of a resource group is polled by."""

    name = "Microsoft.Resources/operationresults"
    stored = False
    polled = True

    def read(self, call: Call) -> Answer:
        operation = self.world.operations.get(call.path.name)
        if operation is None:
            raise front_door_error(404, "OperationNotFound", f"The operation '{call.path.name}' could not be found.")
        if self.world.operations.poll(operation, settings=self.world.settings) == "InProgress":
            here = f"{call.base_url}{call.path.text}?api-version={call.api_version}"
            return Answer(status=202, headers={"Location": here, "Retry-After": self.world.clock.retry_after(15)})
        return Answer(status=200)


class Providers(ResourceType):
    """Resource providers. Registering one takes a minute of the emulator's time."""

    name = "Microsoft.Resources/providers"
    stored = False

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.types: dict[str, list[str]] = {}

    def know(self, types: list[ResourceType]) -> None:
        """Learn which types each namespace has, for what a provider says of itself."""
        for each in types:
            namespace, _, name = each.name.partition("/")
            self.types.setdefault(namespace, []).append(name)
        self.types.setdefault("Microsoft.Web", ["serverFarms", "hostingEnvironments"])

    def action(self, call: Call) -> str:
        if call.method == "POST":
            return f"{call.path.names[0]}/{call.path.types[-1]}/action"
        return "Microsoft.Resources/subscriptions/providers/read"

    def scope(self, call: Call) -> str:
        return f"/subscriptions/{call.path.subscription}"

    def read(self, call: Call) -> Answer:
        return Answer(status=200, body=self._describe(call, self._namespace(call.path.name)))

    def list(self, call: Call) -> Answer:
        return Answer(status=200, body={"value": [self._describe(call, each) for each in self.types]})

    def act(self, call: Call) -> Answer:
        namespace = self._namespace(call.path.names[0])
        subscription = self._subscription(call)
        registering = call.path.types[-1].lower() == "register"
        current = subscription.registration(namespace)
        if registering and current not in (REGISTERED, "Registering"):
            self._pass_through(subscription, namespace, "Registering", REGISTERED)
        if not registering and current not in ("Unregistered", "NotRegistered", "Unregistering"):
            self._pass_through(subscription, namespace, "Unregistering", "Unregistered")
        return Answer(status=200, body=self._describe(call, namespace))

    def _pass_through(self, subscription: Subscription, namespace: str, passing: str, final: str) -> None:
        states = subscription.registrations
        states[namespace.lower()] = passing
        seconds = 0.0 if self.world.settings.latency == "instant" else REGISTRATION_SECONDS
        self.world.timeline.after(seconds, lambda: states.update({namespace.lower(): final}))

    def _subscription(self, call: Call) -> Subscription:
        return self.world.subscriptions[str(call.path.subscription).lower()]

    def _namespace(self, asked: str) -> str:
        known = next((each for each in self.types if each.lower() == asked.lower()), None)
        if known is None:
            raise front_door_error(404, "InvalidResourceNamespace", f"The resource namespace '{asked}' is invalid.")
        return known

    def _describe(self, call: Call, namespace: str) -> Document:
        return {
            "id": f"/subscriptions/{call.path.subscription}/providers/{namespace}",
            "namespace": namespace,
            "resourceTypes": [{"resourceType": each, "locations": [], "apiVersions": []} for each in self.types[namespace]],
            "registrationState": self._subscription(call).registration(namespace),
            "registrationPolicy": "RegistrationRequired",
        }


class ManagementLocks(ResourceType):
    """The locks of a subscription and of all that is in it. They are changed by the control endpoints only."""

    name = "Microsoft.Authorization/locks"
    stored = False

    def scope(self, call: Call) -> str:
        return f"/subscriptions/{call.path.subscription}"

    def list(self, call: Call) -> Answer:
        own = f"/subscriptions/{call.path.subscription}"
        locks = (each for each in self.world.governance.locks.documents() if lies_in(each["scope"].lower(), own.lower()))
        return Answer(status=200, body={"value": [_lock(**each) for each in locks]})


def resource_types(world: World) -> list[ResourceType]:
    """The types of this provider."""
    return [Subscriptions(world), ResourceGroups(world), OperationResults(world), Providers(world), ManagementLocks(world)]


def _lock(*, name: str, scope: str, level: str) -> Document:
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/locks/{name}",
        "type": "Microsoft.Authorization/locks",
        "name": name,
        "properties": {"level": level},
    }


def _subscription(subscription: Subscription) -> Document:
    return {
        "id": f"/subscriptions/{subscription.id}",
        "subscriptionId": subscription.id,
        "tenantId": subscription.tenant_id,
        "displayName": subscription.id,
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
    }
