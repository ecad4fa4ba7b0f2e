"""What each fault of each request comes to, written down by people and not by the operator's own tables."""

from __future__ import annotations

from collections.abc import Mapping

from contract.azure.matrix.faults import FAULTS
from workspace_gateway_network.api.reasons import Reason

WORDS: Mapping[str, Reason | None] = {
    "refused": Reason.AZURE_REFUSED,
    "token": Reason.CREDENTIAL_UNAVAILABLE,
    "denied": Reason.AUTHORIZATION_FAILED,
    "no-vnet": Reason.VIRTUAL_NETWORK_NOT_FOUND,
    "no-apim": Reason.API_MANAGEMENT_NOT_FOUND,
    "busy": Reason.WAITING_FOR_AZURE,
    "again": Reason.PROGRESSING,
    "slow": Reason.AZURE_THROTTLED,
    "down": Reason.AZURE_UNAVAILABLE,
    "drift": Reason.CORRECTING_DRIFT,
    "leaving": Reason.DELETING,
    "gone": None,
}
"""The words of the table. `gone`: the resource could be let go. `fine`: as if nothing had happened, which is another reason by scene."""

FINE: Mapping[str, Reason] = {
    "injection": Reason.RECONCILED,
    "unlisted": Reason.RECONCILED,
    "unconnected": Reason.AWAITING_HOSTNAME,
}
"""What `fine` is by the scene's beginning; where there is no gateway, AwaitingGateway."""

_TABLE = """
                       400     401     403     404     409     412     429     429+    500     503     before  after   failed  endless
list networks          refused token   fine    down    busy    again   slow    slow    down    down    down    down
list networks of group fine    fine    fine    fine    fine    fine    denied  denied  fine    fine    fine    fine
read network           refused token   denied  no-vnet busy    again   slow    slow    down    down    down    down
read subnet            refused token   denied  again   busy    again   slow    slow    down    down    down    down
list NSGs              refused token   fine    down    busy    again   slow    slow    down    down    down    down
list NSGs of group     fine    fine    fine    fine    fine    fine    slow    slow    fine    fine    fine    fine
ask for any NSG        refused token   fine    fine    busy    again   slow    slow    down    down    down    down
read NSG               refused token   denied  again   busy    again   slow    slow    down    down    down    down
read service           refused token   denied  no-apim busy    again   slow    slow    down    down    down    down
read registration      fine    fine    fine    fine    fine    fine    slow    slow    fine    fine    fine    fine
list locks             fine    fine    fine    fine    fine    fine    slow    slow    fine    fine    fine    fine
list gateways          refused token   fine    down    busy    again   slow    slow    down    down    down    down
list gateways of group denied  denied  denied  denied  denied  denied  denied  denied  denied  denied  denied  denied
ask for any gateway    refused token   fine    fine    busy    again   slow    slow    down    down    down    down
read gateway           refused token   denied  gone    busy    again   slow    slow    down    down    down    down
list connections       refused token   denied  down    busy    again   slow    slow    down    down    down    down
ask for any connection refused token   denied  fine    busy    again   slow    slow    down    down    down    down
list zones             refused token   fine    down    busy    again   slow    slow    down    down    down    down
list zones of group    fine    fine    fine    fine    fine    fine    slow    slow    fine    fine    fine    fine
ask for any zone       fine    fine    fine    fine    fine    fine    slow    slow    fine    fine    fine    fine
read zone              refused token   denied  again   busy    again   slow    slow    down    down    down    down
list records           refused token   denied  down    busy    again   slow    slow    down    down    down    down
read record            refused token   denied  again   busy    again   slow    slow    down    down    down    down
list links             refused token   denied  down    busy    again   slow    slow    down    down    down    down
read link              refused token   denied  busy    busy    again   slow    slow    down    down    down    down
poll                   refused token   fine    fine    busy    again   slow    slow    down    down    down    down
poll private DNS       refused token   fine    fine    busy    again   slow    slow    down    down    down    down
register               refused token   denied  again   busy    again   slow    slow    down    down    down    fine
create NSG             refused token   denied  again   busy    again   slow    slow    down    down    down    fine    down    busy
repair NSG             refused token   denied  drift   drift   drift   slow    slow    down    down    down    fine    down    drift
tag NSG                refused token   denied  drift   drift   drift   slow    slow    down    down    down    fine
delete NSG             refused token   denied  leaving leaving leaving slow    slow    down    down    down    gone    down    leaving
create rule            refused token   denied  again   busy    again   slow    slow    down    down    down    fine    down    busy
update rule            refused token   denied  drift   drift   drift   slow    slow    down    down    down    fine    down    drift
delete rule            refused token   denied  leaving leaving leaving slow    slow    down    down    down    gone    down    leaving
write subnet           refused token   denied  again   busy    again   slow    slow    down    down    down    fine    down    busy
leave subnet           refused token   denied  leaving leaving leaving slow    slow    down    down    down    gone    down    leaving
create zone            refused token   denied  again   busy    again   slow    slow    down    down    down    fine    down    busy
tag zone               refused token   denied  drift   drift   drift   slow    slow    down    down    down    fine    down    drift
delete zone            refused token   denied  leaving leaving leaving slow    slow    down    down    down    gone    down    leaving
create link            refused token   denied  again   busy    again   slow    slow    down    down    down    fine    down    busy
update link            refused token   denied  drift   drift   drift   slow    slow    down    down    down    fine    down    drift
tag link               refused token   denied  drift   drift   drift   slow    slow    down    down    down    fine    down    drift
delete link            refused token   denied  leaving leaving leaving slow    slow    down    down    down    gone    down    leaving
create record          refused token   denied  again   busy    again   slow    slow    down    down    down    fine
update record          refused token   denied  again   busy    again   slow    slow    down    down    down    fine
delete record          refused token   denied  leaving leaving leaving slow    slow    down    down    down    gone
"""

_NAMES = 23
"""Characters of a line that are the request's name."""


def _read(table: str) -> Mapping[str, Mapping[str, str]]:
    lines = [line for line in table.splitlines()[2:] if line]
    return {line[:_NAMES].strip(): dict(zip(FAULTS, line[_NAMES:].split(), strict=False)) for line in lines}


EXPECTED = _read(_TABLE)
"""A word for each request and each fault that it can have. The columns are those of `FAULTS`, in their order."""

MESSAGES: Mapping[str, str] = {
    "400": "Azure refused to write subnet team-a: As recorded. Put right what it names; if the request looks "
    "right, report a bug of the operator. (InvalidRequestFormat)",
    "401": "Azure does not accept the operator's token: As recorded. Check the tenant and the audience that the "
    "operator is set up with. (InvalidAuthenticationToken)",
    "403": "The operator's identity may not write subnet team-a: As recorded. Grant it the documented role there. (AuthorizationFailed)",
    "404": "Azure is being made as the spec wants it.",
    "409": "Azure is working on subnet team-a.",
    "412": "Azure is being made as the spec wants it.",
    "429": "Azure asks the operator to slow down, and did not let it write subnet team-a. The operator tries "
    "again by itself; if this stays, raise spec.resyncIntervalSeconds. (429)",
    "429 with Retry-After": "Azure asks the operator to slow down, and did not let it write subnet team-a. The operator tries "
    "again by itself; if this stays, raise spec.resyncIntervalSeconds. (429)",
    "500": "Azure failed to write subnet team-a: As recorded. The operator tries again by itself; if this "
    "stays, see Azure's status. (InternalServerError)",
    "503 in HTML": "Azure failed to write subnet team-a: it does not say why. The operator tries again by itself; if "
    "this stays, see Azure's status. (503)",
    "dropped before": "Azure did not answer when asked to write subnet team-a: Server disconnected. The operator looks "
    "whether it happened.",
    "dropped after": "The network is prepared; a gateway can be created in subnet team-a.",
    "operation failed": "Azure failed to write subnet team-a: An error occurred. The operator tries again by itself; if this "
    "stays, see Azure's status. (InternalServerError)",
    "operation never ends": "Azure is working on subnet team-a.",
}
"""What is said, whole, of each fault of one request: `write subnet`."""
