"""`docs/api.md`: the resource field by field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from documents.markdown import document, generated_from, table
from workspace_gateway_network.api import crd, names
from workspace_gateway_network.api.conditions import ConditionType

Schema = dict[str, Any]

_LIMITS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minLength": "not empty",
    "maxLength": "at most {} characters",
    "minItems": "not empty",
    "maxItems": "at most {} items",
    "maxProperties": "at most {} entries",
}


def render() -> str:
    """The document."""
    (version,) = crd.definition()["spec"]["versions"]
    properties = version["schema"]["openAPIV3Schema"]["properties"]
    return document(
        "# API reference",
        generated_from("the models in `operator/workspace_gateway_network/api`"),
        _INTRODUCTION,
        "## Spec",
        "What a person writes. A `*` marks what is required.",
        *_objects(properties["spec"], path="spec"),
        "## Status",
        "What the operator reports, and nobody else writes.",
        *_objects(properties["status"], path="status"),
        "## Conditions",
        "In this order. What a reason means and what to do about it: [reasons](reasons.md).",
        table(["Type", "It says"], [[f"`{kind}`", _CONDITIONS[kind]] for kind in ConditionType]),
        "## Annotations",
        "The operator reads them and never writes any.",
        table(["Annotation", "It does"], [[f"`{name}`", effect] for name, effect in _ANNOTATIONS.items()]),
        "## Columns",
        _columns(version["additionalPrinterColumns"]),
        _HOSTS_FILE,
        _DELETION,
    )


def _objects(schema: Schema, *, path: str) -> Iterator[str]:
    """A section for an object, then one for each object in it."""
    yield f"### `{path}`"
    yield schema["description"]
    yield table(["Field", "Type", "Default", "Description"], _rows(schema))
    rules = [rule for rule in schema.get("x-kubernetes-validations", ()) if "oldSelf" not in rule["rule"]]
    if rules:
        yield "Between its fields:"
        yield "\n".join(f"- {_between(rule)}" for rule in rules)
    for name, field in schema["properties"].items():
        if "properties" in field:
            yield from _objects(field, path=f"{path}.{name}")
        elif "properties" in field.get("items", {}):
            yield from _objects(field["items"], path=f"{path}.{name}[]")


def _between(rule: Schema) -> str:
    blamed = f"`{rule['fieldPath'].removeprefix('.')}` " if "fieldPath" in rule else ""
    return f"{blamed}{rule['message']}."


def _rows(schema: Schema) -> Iterator[list[str]]:
    required = schema.get("required", ())
    for name, field in schema["properties"].items():
        default = (
            f"`{str(field['default']).lower() if isinstance(field['default'], bool) else field['default']}`" if "default" in field else ""
        )
        yield [f"`{name}`{'*' if name in required else ''}", _type(field), default, " ".join(_description(field))]


def _type(field: Schema) -> str:
    if "enum" in field:
        return ", ".join(f"`{choice}`" for choice in field["enum"])
    if field["type"] == "array":
        return f"list of {'objects' if 'properties' in field['items'] else _type(field['items']) + 's'}"
    if "additionalProperties" in field:
        return f"map of {_type(field['additionalProperties'])}s"
    return "time" if field.get("format") == "date-time" else str(field["type"])


def _description(field: Schema) -> Iterator[str]:
    """The description, then the limits that it does not speak of."""
    description = field["description"]
    yield description.replace("<", "&lt;")
    inner = field.get("items") or field.get("additionalProperties") or {}
    limits = [words.format(field[limit]) for limit, words in _LIMITS.items() if limit in field]
    if "maxLength" in inner:
        limits.append(f"each at most {inner['maxLength']} characters")
    left = [limit for limit in limits if limit.removesuffix(" items").removesuffix(" entries") not in description]
    if left and "enum" not in field and field.get("format") != "date-time":
        text = ", ".join(left)
        yield f"{text[0].upper()}{text[1:]}."


def _columns(columns: list[Schema]) -> str:
    rows = [[column["name"].upper(), f"`{column['jsonPath']}`", "`-o wide`" if column["priority"] else ""] for column in columns]
    return table(["Column", "From", "Only with"], rows)


_INTRODUCTION = f"""
`{names.KIND}` (`kubectl get {names.SHORT_NAME}`), `{names.API_VERSION}`, namespaced. One resource keeps the network of one workspace gateway of
Azure API Management: the delegation of its subnet, the network security group and its rules and, in Injection mode, the private DNS that
points the gateway's names at its private IP address.

```yaml
apiVersion: {names.API_VERSION}
kind: {names.KIND}
metadata:
  name: team-a
  namespace: apim
spec:
  mode: Integration
  apiManagement:
    id: /subscriptions/<guid>/resourceGroups/<group>/providers/Microsoft.ApiManagement/service/<name>
  subnet:
    id: /subscriptions/<guid>/resourceGroups/<group>/providers/Microsoft.Network/virtualNetworks/<network>/subnets/<name>
```

More of them are in [examples](../examples). The same text is in `kubectl explain {names.SHORT_NAME}.spec`, and what the API server says to bad
input is in [validation](validation.md). `metadata.name` has at most {crd.MAX_NAME_LENGTH} characters.
"""

_CONDITIONS = {
    ConditionType.READY: (
        "The sum of all: True when Azure is as declared, as far as that can be done yet. With `readyWhen: GatewayPublished` it also takes"
        " the gateway."
    ),
    ConditionType.RECONCILING: "True while the operator is at work or will try again by itself; otherwise not there.",
    ConditionType.STALLED: "True while only a person can help; otherwise not there. Never together with `Reconciling`.",
    ConditionType.AZURE_ACCESS: "The operator can sign in, reach Azure, and may do what it needs to do.",
    ConditionType.PREREQUISITES_MET: "What must be there is there, and of the right region, tier and size.",
    ConditionType.SUBNET_DELEGATED: "The subnet is delegated to the service that the mode requires.",
    ConditionType.SECURITY_RULES_APPLIED: "The network security group is attached to the subnet and has every rule.",
    ConditionType.GATEWAY_ATTACHED: "A workspace gateway is in the subnet.",
    ConditionType.DNS_RECORDS_PUBLISHED: (
        "Private DNS answers the gateway's names with its address. True with `NotRequired` in Integration mode, and with"
        " `ManagedExternally` once it is known what a DNS of your own has to answer. A published record stays published while Azure"
        " leaves names or addresses out."
    ),
}

_ANNOTATIONS = {
    names.RECONCILE_REQUESTED_AT: "Any new value asks for a reconcile now. `status.lastHandledReconcileAt` repeats the value once it is done.",
    names.DELETION_POLICY_OVERRIDE: "`Retain` lets a deletion that is stuck finish without touching Azure.",
}

_HOSTS_FILE = f"""
## A hosts file

A machine that asks no private DNS, or not yet, can have the names of an Injection gateway in its hosts file, `/etc/hosts` or, on
Windows, `%SystemRoot%\\System32\\drivers\\etc\\hosts`. The lines for it:

```console
$ kubectl get {names.SHORT_NAME} team-c -n apim -o jsonpath='{{range .status.hostsEntries[*]}}{{@}}{{"\\n"}}{{end}}'
10.1.0.5 team-c-123456abcdef.gateway.uksouth-01.azure-api.net
```

They are there as soon as the gateway's name and address are, and do not change by themselves on the machine: the address may.
"""

_DELETION = f"""
## Deletion

A resource has the finalizer `{names.FINALIZER}` only while `deletionPolicy` is `Delete` and the operator may write. With `Retain`, Azure stays
exactly as it is.
"""
