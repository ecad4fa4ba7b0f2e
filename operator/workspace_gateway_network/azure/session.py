"""Azure as the reconciler sees it, put together and open until the context ends."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace

from workspace_gateway_network.azure.arm import AzureMetrics, open_arm
from workspace_gateway_network.azure.budget import Budget
from workspace_gateway_network.azure.credentials import open_credential
from workspace_gateway_network.azure.executor import Executor
from workspace_gateway_network.azure.inventory import Inventory
from workspace_gateway_network.azure.limits import LIMITS, part_of
from workspace_gateway_network.azure.look import Look
from workspace_gateway_network.azure.operations import Operations
from workspace_gateway_network.azure.options import AzureOptions
from workspace_gateway_network.planning.observed import Observed
from workspace_gateway_network.planning.outcome import Outcome
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.query import Query
from workspace_gateway_network.runtime.ports import Key
from workspace_gateway_network.runtime.settings import Settings


class ArmAzure:
    """The reconciler's port to Azure, by way of Azure Resource Manager."""

    def __init__(self, *, inventory: Inventory, executor: Executor) -> None:
        self._inventory = inventory
        self._executor = executor

    async def look(self, *, query: Query, urgency: int, fresh: bool = False) -> Observed:
        """Read all that the query names, sharing lists with everybody who looks at the same time."""
        look = await self._inventory.look(query=query, urgency=urgency, fresh=fresh)
        return replace(look, done_without=(*look.done_without, *await self._executor.refusals(look, urgency=urgency)))

    async def apply(self, *, key: Key, plan: Plan, observed: Observed, replan: Callable[[Observed], Plan], urgency: int) -> Outcome:
        """Carry out a plan that was made from a look of this same port.

        Raises:
            TypeError: the look is not one of ours.
        """
        if not isinstance(observed, Look):
            raise TypeError("a plan can only be carried out on what look() has returned")
        return await self._executor.apply(key=key, plan=plan, look=observed, replan=replan, urgency=urgency)

    async def poll(self, *, key: Key) -> Outcome | None:
        """See how the operation that this key started is getting on; None where there is none in flight."""
        return await self._executor.poll(key=key)

    def forget(self, *, key: Key) -> None:
        """Drop what is remembered for a key whose resource is gone."""
        self._executor.forget(key=key)


def open_azure(*, settings: Settings, metrics: AzureMetrics) -> AbstractAsyncContextManager[ArmAzure]:
    """Azure as the operator's settings say, with its credential and connections open until the context ends.

    Opening asks for nothing yet, so it cannot fail for Azure's sake.
    """
    return connect(options=AzureOptions.of(settings), metrics=metrics)


@asynccontextmanager
async def connect(*, options: AzureOptions, metrics: AzureMetrics, now: Callable[[], float] = time.monotonic) -> AsyncIterator[ArmAzure]:
    """The same with every choice open, the clock's too."""
    budget = Budget(
        patience=options.budget_patience,
        now=now,
        limits=part_of(LIMITS, percent=options.budget_percent),
        waited=lambda share, seconds: metrics.waited(provider=share.provider, kind=share.kind, seconds=seconds),
    )
    metrics.show_budget(budget.counts)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(budget.close)
        credential = await stack.enter_async_context(open_credential(identity=options.identity, endpoints=options.endpoints))
        arm = await stack.enter_async_context(open_arm(options=options, credential=credential, budget=budget, metrics=metrics))
        inventory = Inventory(arm=arm, options=options, now=now)
        stack.push_async_callback(inventory.close)
        operations = Operations(arm=arm, options=options, now=now)
        yield ArmAzure(inventory=inventory, executor=Executor(arm=arm, inventory=inventory, operations=operations))
