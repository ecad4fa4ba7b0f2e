"""What every resource type answers to, and what most of them do alike."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from arm_emulator.arm import (
    Answer,
    ArmError,
    ArmPath,
    Call,
    Document,
    copied,
    front_door_error,
    provider_error,
    resource_not_found,
)
from arm_emulator.store import Resource
from arm_emulator.world import World

_VERBS = {"GET": "read", "HEAD": "read", "PUT": "write", "PATCH": "write", "DELETE": "delete"}
_ENVELOPE = frozenset({"id", "name", "type", "etag", "systemData", "properties"})
"""What of a document is read-only, or looked at property by property."""


class ResourceType:
    """One resource type. A type overrides the verbs that Azure offers on it; the others are refused.

    ``read_only`` are the properties that a writer cannot set, ``inline`` those that hold resources of their own. ``stored`` is false
    for types that are only a view (operations, available delegations): nothing has to exist for them to be asked. ``polled``: it is
    an operation, which being asked moves on. ``outlives_parent``: it can be asked for when the resource above it is gone.
    ``gone_with_parent``: where the resource above it is gone, there is nothing to delete, and that is no error.
    ``properties_since`` names the api-version that brought a property.
    """

    name: ClassVar[str]
    stored: ClassVar[bool] = True
    polled: ClassVar[bool] = False
    counts_for_itself: ClassVar[bool] = False
    outlives_parent: ClassVar[bool] = False
    gone_with_parent: ClassVar[bool] = False
    read_only: ClassVar[frozenset[str]] = frozenset({"provisioningState"})
    inline: ClassVar[frozenset[str]] = frozenset()
    properties_since: ClassVar[dict[str, str]] = {}

    def __init__(self, world: World) -> None:
        self.world = world

    # --- what the front door asks -------------------------------------------------------------------------------

    def read(self, call: Call) -> Answer:
        return Answer(status=200, body=self.render(self.get(call.path), api_version=call.api_version))

    def list(self, call: Call) -> Answer:
        return self.page(call, self.listed(call.path))

    def exists(self, call: Call) -> Answer:
        """``HEAD``: 204 when it is there."""
        self.get(call.path)
        return Answer(status=204)

    def write(self, call: Call) -> Answer:
        raise method_not_allowed(call)

    def patch(self, call: Call) -> Answer:
        raise method_not_allowed(call)

    def delete(self, call: Call) -> Answer:
        raise method_not_allowed(call)

    def act(self, call: Call) -> Answer:
        """``POST``, on a resource or on an action below it."""
        raise method_not_allowed(call)

    def action(self, call: Call) -> str:
        """The action that a role must allow, such as ``Microsoft.Network/virtualNetworks/read``."""
        verb = _VERBS.get(call.method) or f"{call.path.types[-1]}/action"
        return f"{self.name}/{verb}"

    def scope(self, call: Call) -> str:
        """Where a role must allow it, as the caller spelled it: a collection is judged by what it lies in."""
        return call.path.text if call.path.is_resource else call.path.text.rpartition("/")[0]

    def joins(self, _document: Document) -> Iterable[tuple[str, str]]:
        """What a body takes other resources for: an action that a role must allow on each, and the id."""
        return ()

    def admit(self, _call: Call) -> dict[str, str]:
        """Take a request in and return the counters to show, or raise the 429 of a resource provider that counts for itself."""
        return {}

    def missing(self, path: ArmPath) -> ArmError:
        """The 404 for a resource of this type that is not there."""
        return resource_not_found(path)

    def orphaned(self, _call: Call, missing: ArmError) -> ArmError:
        """The 404 for a call below a resource that is not there; ``missing`` is that one's own."""
        return missing

    # --- what the control endpoint and seeds ask ----------------------------------------------------------------

    def place(self, path: ArmPath, document: Document) -> Resource:
        """Put a resource into the world as it is, without an operation, read-only properties included."""
        return self.become(self.find(path) or self.new(path, {}), document)

    def become(self, resource: Resource, document: Document) -> Resource:
        """Make a resource, which may be new, what a document says."""
        generated = {name: value for name, value in self._properties(document).items() if name in self.read_only}
        resource.provisioning_state = str(generated.pop("provisioningState", "Succeeded"))
        resource.document = self.writable(document)
        resource.generated |= generated
        self.world.store.put(resource)
        return resource

    def displace(self, resource: Resource) -> None:
        """Take a resource out of the world, asking nobody."""
        self.world.store.remove(resource.id)

    # --- what the verbs are made of -----------------------------------------------------------------------------

    def new(self, path: ArmPath, document: Document) -> Resource:
        """A resource that is not in the store yet, under the id as its creator spelled it."""
        return Resource(id=self.spelled_id(path), type=self.name, document=document)

    def spelled_id(self, path: ArmPath) -> str:
        parent = path.parent_text
        if parent is not None:
            existing = self.world.store.get(parent)
            above = existing.id if existing else parent
            return f"{above}/{self.name.rsplit('/', 1)[1]}/{path.name}"
        group = f"/resourceGroups/{path.resource_group}" if path.resource_group else ""
        return f"/subscriptions/{path.subscription}{group}/providers/{self.name}/{path.name}"

    def find(self, path: ArmPath) -> Resource | None:
        return self.world.store.get(path.text)

    def get(self, path: ArmPath) -> Resource:
        resource = self.find(path)
        if resource is None:
            raise self.missing(path)
        return resource

    def listed(self, path: ArmPath) -> Sequence[Resource]:
        """The resources of a collection: those of a parent, a resource group or a subscription."""
        if path.parent is not None:
            return self.world.store.children(path.parent.text, self.name)
        below = path.text.lower().partition("/providers/")[0]
        return self.world.store.of_type(self.name, below=below)

    def page(self, call: Call, resources: Sequence[Resource]) -> Answer:
        """One page of a list. ``nextLink`` names the resource where the next page begins."""
        visible = self.visible(call, [each.key for each in resources])
        resources = [each for each in resources if each.key in visible]
        keys = [each.key for each in resources]
        start, end = self.bounds(call, keys)
        body: Document = {"value": [self.render(each, api_version=call.api_version) for each in resources[start:end]]}
        return Answer(status=200, body=body | self.next_link(call, keys[end:]))

    def visible(self, call: Call, keys: Sequence[str]) -> set[str]:
        """Which of these resources, by lower-cased id, the caller may see in a list."""
        principals, action = self.world.governance.principals, self.action(call)
        if principals.may(call.principal, action=action, scope=self.scope(call)):
            return set(keys)
        return {key for key in keys if principals.may(call.principal, action=action, scope=key)}

    def bounds(self, call: Call, keys: Sequence[str]) -> tuple[int, int]:
        """Where the asked page of a list begins and ends, given the keys of all that the list holds."""
        token, start = _option(call, "$skiptoken"), 0
        if token is not None:
            key = base64.urlsafe_b64decode(token.encode()).decode()
            start = keys.index(key) if key in keys else len(keys)
        top = _option(call, "$top") or ""
        size = self.world.settings.page_size
        return start, start + (min(size, int(top)) if top.isdigit() and int(top) else size)

    @staticmethod
    def next_link(call: Call, rest: Sequence[str]) -> Document:
        """What names the next page of a list, where there is more."""
        if not rest:
            return {}
        asked = {name: value for name, value in call.query.items() if name.lower() not in {"api-version", "$skiptoken"}}
        more = {**asked, "$skipToken": base64.urlsafe_b64encode(rest[0].encode()).decode()}
        query = "".join(f"&{name}={quote(value)}" for name, value in more.items())
        return {"nextLink": f"{call.base_url}{call.path.text}?api-version={call.api_version}{query}"}

    def render(self, resource: Resource, *, api_version: str) -> Document:
        """The resource as a GET of one api-version shows it."""
        return self.as_of(self.show(resource), api_version)

    def as_of(self, shown: Document, api_version: str) -> Document:
        """What an api-version knows of a resource that is shown whole."""
        for name, since in self.properties_since.items():
            if api_version < since:
                shown["properties"].pop(name, None)
        return shown

    def show(self, resource: Resource) -> Document:
        """The resource with everything that there is to show."""
        return {
            "id": resource.id,
            "name": resource.name,
            "type": resource.type,
            **{name: value for name, value in resource.document.items() if name != "properties"},
            "properties": {
                "provisioningState": resource.provisioning_state,
                **resource.generated,
                **resource.properties,
            },
        }

    def writable(self, document: Document) -> Document:
        """What of a body is the resource's own: everything but read-only fields and nulls. Unknown fields are kept."""
        left_out = self.read_only | self.inline
        kept = {name: copied(value) for name, value in document.items() if value is not None and name not in _ENVELOPE}
        kept["properties"] = {
            name: copied(value) for name, value in self._properties(document).items() if value is not None and name not in left_out
        }
        return kept

    @staticmethod
    def _properties(document: Document) -> Document:
        properties = document.get("properties")
        return properties if isinstance(properties, dict) else {}


def body_of(call: Call, *, required: Iterable[str] = ()) -> Document:
    """The request's JSON object; raises the front door's 400 for another body or a missing field."""
    if not isinstance(call.body, dict) or not isinstance(call.body.get("properties") or {}, dict):
        raise front_door_error(
            400,
            "InvalidRequestContent",
            "The request content was invalid and could not be deserialized: a JSON object is required.",
        )
    for field in required:
        if call.body.get(field) is None:
            raise front_door_error(400, f"{field.capitalize()}Required", f"The {field} property is required for this definition.")
    return call.body


def _option(call: Call, name: str) -> str | None:
    """A query parameter, whose name counts without case."""
    return next((value for each, value in call.query.items() if each.lower() == name), None)


def method_not_allowed(call: Call) -> ArmError:
    """The refusal of a verb that a type does not have."""
    return front_door_error(405, "MethodNotAllowed", f"The request method '{call.method}' is not allowed on '{call.path.type}'.")


def named_items(items: Any, *, id: str) -> list[Document]:
    """Inline children of a body; raises for a list that holds anything but objects with a name and properties."""
    if not isinstance(items, list) or not all(_is_named(each) for each in items):
        raise provider_error(400, "InvalidRequestFormat", f"Cannot parse the request: items of {id} need a name.")
    return items


def _is_named(item: Any) -> bool:
    return isinstance(item, dict) and bool(item.get("name")) and isinstance(item.get("properties", {}), dict)


def region(location: str) -> str:
    """A region without case and spaces: ``West Europe`` is ``westeurope``."""
    return location.replace(" ", "").lower()
