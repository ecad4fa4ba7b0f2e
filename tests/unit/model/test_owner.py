from __future__ import annotations

from workspace_gateway_network.model.owner import Owner

OWNER = Owner(cluster_id="prod-1", namespace="apim", name="team-a")


def test_the_mark_is_six_digits_of_the_cluster_and_ten_of_the_resource() -> None:
    # printf %s prod-1 | sha256sum; printf %s apim/team-a | sha256sum
    assert OWNER.cluster_mark == "6d7d57"
    assert OWNER.mark == "6d7d57dc79bafdf5"


def test_the_marks_in_azure() -> None:
    assert OWNER.delegation_name == "wgn-6d7d57dc79bafdf5"
    assert OWNER.name_prefix == "wgn-6d7d57dc79bafdf5-"
    assert OWNER.tags == {"wgn-owner": "6d7d57dc79bafdf5", "wgn-resource": "prod-1/apim/team-a"}


def test_resources_of_one_cluster_share_the_clusters_digits_only() -> None:
    other = Owner(cluster_id="prod-1", namespace="apim", name="team-b")

    assert other.cluster_mark == OWNER.cluster_mark
    assert other.mark[6:] != OWNER.mark[6:]


def test_a_namesake_in_another_cluster_has_the_same_last_digits_only() -> None:
    other = Owner(cluster_id="prod-2", namespace="apim", name="team-a")

    assert other.mark[6:] == OWNER.mark[6:]
    assert other.cluster_mark != OWNER.cluster_mark


def test_a_namespace_is_not_confused_with_a_name() -> None:
    assert Owner(cluster_id="c", namespace="a", name="b-c").mark != Owner(cluster_id="c", namespace="a-b", name="c").mark
