"""What a scrape shows, and that a resource's series end with it."""

from __future__ import annotations

from prometheus_client import generate_latest

from workspace_gateway_network.model.json import JsonObject
from workspace_gateway_network.runtime.azure_metrics import Count
from workspace_gateway_network.runtime.metrics import Metrics
from workspace_gateway_network.runtime.ports import Key, Urgency
from workspace_gateway_network.runtime.queue import WorkQueue
from workspace_gateway_network.runtime.workers import Result

A = Key("team", "a")


def lines(metrics: Metrics, beginning: str) -> list[str]:
    text = generate_latest(metrics.registry).decode()
    return [line for line in text.splitlines() if line.startswith(beginning)]


def resource(**spec: object) -> JsonObject:
    return {
        "metadata": {"namespace": "team", "name": "a"},
        "spec": {"mode": "Integration", "managementPolicy": "Manage", "suspend": False, **spec},  # type: ignore[dict-item]
        "status": {"conditions": [{"type": "Ready", "status": "Unknown"}]},
    }


def test_the_state_of_resources_is_shown_as_it_is_when_somebody_scrapes() -> None:
    metrics, resources = Metrics(), [resource()]
    metrics.show_resources(lambda: resources)
    assert lines(metrics, "wgn_info") == ['wgn_info{mode="Integration",name="a",namespace="team",policy="Manage"} 1.0']
    assert lines(metrics, "wgn_suspended") == ['wgn_suspended{name="a",namespace="team"} 0.0']
    assert lines(metrics, "wgn_status_condition") == [
        'wgn_status_condition{name="a",namespace="team",status="True",type="Ready"} 0.0',
        'wgn_status_condition{name="a",namespace="team",status="False",type="Ready"} 0.0',
        'wgn_status_condition{name="a",namespace="team",status="Unknown",type="Ready"} 1.0',
    ]
    resources[:] = [resource(suspend=True)]
    assert lines(metrics, "wgn_suspended") == ['wgn_suspended{name="a",namespace="team"} 1.0']
    resources.clear()
    assert lines(metrics, "wgn_info") + lines(metrics, "wgn_suspended") + lines(metrics, "wgn_status_condition") == []


def test_passes_are_counted_by_how_they_end() -> None:
    metrics = Metrics()
    for result in Result:
        metrics.pass_began()
        metrics.pass_ended(key=A, result=result, seconds=0.5)
    metrics.pass_began()
    prefix = "controller_runtime_"
    label = 'controller="workspacegatewaynetwork"'
    assert sorted(lines(metrics, f"{prefix}reconcile_total")) == [
        f'{prefix}reconcile_total{{{label},result="error"}} 3.0',
        f'{prefix}reconcile_total{{{label},result="requeue_after"}} 1.0',
        f'{prefix}reconcile_total{{{label},result="success"}} 1.0',
    ]
    assert lines(metrics, f"{prefix}reconcile_errors_total") == [f"{prefix}reconcile_errors_total{{{label}}} 3.0"]
    assert lines(metrics, f"{prefix}reconcile_panics_total") == [f"{prefix}reconcile_panics_total{{{label}}} 1.0"]
    assert lines(metrics, f"{prefix}reconcile_timeouts_total") == [f"{prefix}reconcile_timeouts_total{{{label}}} 1.0"]
    assert lines(metrics, f"{prefix}active_workers") == [f"{prefix}active_workers{{{label}}} 1.0"]


def test_series_of_passes_end_with_the_resource() -> None:
    metrics = Metrics()
    metrics.show_resources(list)
    metrics.pass_ended(key=A, result=Result.REQUEUE_AFTER, seconds=0.5)
    metrics.pass_ended(key=Key("team", "b"), result=Result.REQUEUE_AFTER, seconds=0.5)
    about_a = [line for line in lines(metrics, "wgn_") if 'name="a"' in line]
    assert {line.partition("{")[0] for line in about_a} == {
        "wgn_reconcile_duration_seconds_bucket",
        "wgn_reconcile_duration_seconds_count",
        "wgn_reconcile_duration_seconds_sum",
        "wgn_last_success_timestamp_seconds",
    }
    metrics.pass_ended(key=A, result=Result.SUCCESS, seconds=0.5)
    assert [line for line in lines(metrics, "wgn_") if 'name="a"' in line] == []
    assert [line for line in lines(metrics, "wgn_") if 'name="b"' in line] != []


def test_a_failed_pass_leaves_the_time_of_the_last_success_alone() -> None:
    metrics = Metrics()
    metrics.show_resources(list)
    metrics.pass_ended(key=A, result=Result.REQUEUE_AFTER, seconds=0.5)
    before = lines(metrics, "wgn_last_success")
    metrics.pass_ended(key=A, result=Result.ERROR, seconds=0.5)
    assert lines(metrics, "wgn_last_success") == before != []


async def test_the_queue_has_the_names_that_dashboards_know() -> None:
    metrics = Metrics()
    queue = WorkQueue(observer=metrics)
    metrics.show_queue(queue)
    queue.add(A, Urgency.CHANGED)
    label = '{controller="workspacegatewaynetwork",name="workspacegatewaynetwork"}'
    assert lines(metrics, "workqueue_depth") == [f"workqueue_depth{label} 1.0"]
    assert lines(metrics, "workqueue_adds_total") == [f"workqueue_adds_total{label} 1.0"]
    await queue.get()
    queue.done(A)
    queue.retry(A, Urgency.CHANGED)
    assert lines(metrics, "workqueue_depth") == [f"workqueue_depth{label} 0.0"]
    assert lines(metrics, "workqueue_retries_total") == [f"workqueue_retries_total{label} 1.0"]
    assert lines(metrics, "workqueue_queue_duration_seconds_count") == [f"workqueue_queue_duration_seconds_count{label} 1.0"]
    assert lines(metrics, "workqueue_work_duration_seconds_count") == [f"workqueue_work_duration_seconds_count{label} 1.0"]
    assert lines(metrics, "workqueue_unfinished_work_seconds") == [f"workqueue_unfinished_work_seconds{label} 0.0"]
    assert lines(metrics, "workqueue_longest_running_processor_seconds") == [f"workqueue_longest_running_processor_seconds{label} 0.0"]


def test_requests_are_counted() -> None:
    metrics = Metrics()
    metrics.azure.request(method="PUT", resource_type="microsoft.network/virtualnetworks/subnets", status=201, seconds=0.2)
    metrics.kubernetes_request(method="PATCH", code="200", host="10.0.0.1:443")
    metrics.drift_detected(resource_type="microsoft.network/virtualnetworks/subnets", action="corrected")
    subnets = "microsoft.network/virtualnetworks/subnets"
    assert lines(metrics, "wgn_azure_requests_total") == [f'wgn_azure_requests_total{{code="201",method="PUT",operation="{subnets}"}} 1.0']
    assert lines(metrics, "wgn_azure_request_duration_seconds_sum") == [
        f'wgn_azure_request_duration_seconds_sum{{method="PUT",operation="{subnets}"}} 0.2'
    ]
    assert lines(metrics, "rest_client_requests_total") == ['rest_client_requests_total{code="200",host="10.0.0.1:443",method="PATCH"} 1.0']
    assert lines(metrics, "wgn_drift_detected_total") == [f'wgn_drift_detected_total{{action="corrected",resource="{subnets}"}} 1.0']


def test_the_budget_is_shown() -> None:
    metrics = Metrics()
    counts = [Count(scope="s/private-dns/reads", left=12.5, waiting=3)]
    metrics.azure.show_budget(lambda: counts)
    metrics.azure.throttled(provider="network", kind="writes")
    metrics.azure.put_off(provider="private-dns", kind="reads")
    metrics.azure.waited(provider="private-dns", kind="reads", seconds=4)
    labels = '{operation="reads",provider="private-dns"}'
    assert lines(metrics, "wgn_azure_throttled_total") == ['wgn_azure_throttled_total{operation="writes",provider="network"} 1.0']
    assert lines(metrics, "wgn_azure_put_off_total") == [f"wgn_azure_put_off_total{labels} 1.0"]
    assert lines(metrics, "wgn_azure_wait_seconds_sum") == [f"wgn_azure_wait_seconds_sum{labels} 4.0"]
    assert lines(metrics, "wgn_azure_ratelimit_remaining") == ['wgn_azure_ratelimit_remaining{scope="s/private-dns/reads"} 12.5']
    assert lines(metrics, "wgn_azure_waiting") == ['wgn_azure_waiting{scope="s/private-dns/reads"} 3.0']
    counts.clear()
    assert lines(metrics, "wgn_azure_waiting") == []


def test_every_metric_says_what_it_is() -> None:
    metrics = Metrics()
    metrics.show_resources(list)
    metrics.azure.show_budget(list)
    families = list(metrics.registry.collect())
    assert [family.name for family in families if not family.documentation] == []
    assert lines(metrics, "wgn_build_info{") != []
