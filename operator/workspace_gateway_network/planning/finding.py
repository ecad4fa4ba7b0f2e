"""What is wrong, as a value: which condition it concerns, for which reason, and a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass, replace

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One obstacle. The message says the offending fact and the fix, in one or two sentences without times, counters or request ids."""

    condition: ConditionType
    reason: Reason
    message: str
    retry_after: float | None = None
    """Seconds that Azure asks to wait, where it said so."""

    @property
    def of_access(self) -> Finding:
        """The same obstacle as one of `AzureAccess`: what could not be read keeps more from being judged than what it was read for."""
        return replace(self, condition=ConditionType.AZURE_ACCESS)
