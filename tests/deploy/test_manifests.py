"""Compose, Kubernetes, KServe, Prometheus and Grafana: what they name is there, under the name they give it."""

import json
import re
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml

from classically_punk.contracts.faults import Fault
from classically_punk.serving.http.metrics import STEPS, Metrics
from classically_punk.serving.http.settings import PREFIX, Settings

REPOSITORY = Path(__file__).resolve().parents[2]
DEPLOY = REPOSITORY / "deploy"
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
ROUTES = ("/v2/health/ready", "/v2/health/live")


def documents(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((REPOSITORY / name).read_text(encoding="utf-8")))


COMPOSE = documents("compose.yaml")[0]
KUBERNETES = {each["kind"]: each for each in documents("deploy/kubernetes.yaml")}
RUNTIME, INFERENCE_SERVICE = documents("deploy/kserve.yaml")
POD = KUBERNETES["Deployment"]["spec"]["template"]["spec"]
CONTAINERS = {
    "kubernetes": (POD["containers"][0], POD["volumes"]),
    "kserve": (RUNTIME["spec"]["containers"][0], RUNTIME["spec"]["volumes"]),
}
IMAGES = [
    *(each["image"] for each in COMPOSE["services"].values()),
    *(container["image"] for container, _ in CONTAINERS.values()),
]


@pytest.mark.parametrize("image", IMAGES)
def test_images_go_by_short_name_and_a_version(image: str) -> None:
    name, _, version = image.partition(":")
    assert "." not in name
    assert version
    assert version != "latest"


def test_the_image_is_the_release() -> None:
    from importlib.metadata import version

    own = {each for each in IMAGES if each.startswith("classically-punk")}
    assert own == {f"classically-punk:{version('classically-punk')}"}


@pytest.mark.parametrize("place", CONTAINERS)
def test_containers_run_as_nobody_and_write_to_tmp_only(place: str) -> None:
    container, volumes = CONTAINERS[place]
    security = container["securityContext"]
    assert security["readOnlyRootFilesystem"] is True
    assert security["allowPrivilegeEscalation"] is False
    assert security["capabilities"] == {"drop": ["ALL"]}
    pod = POD["securityContext"] if place == "kubernetes" else security
    assert pod["runAsNonRoot"] is True
    assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
    mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
    assert list(mounts) == ["/tmp"]
    assert all("emptyDir" in each for each in volumes if each["name"] == mounts["/tmp"])
    assert container["resources"]["limits"].keys() >= {"cpu", "memory"}


@pytest.mark.parametrize("place", CONTAINERS)
def test_containers_are_configured_by_settings_that_exist(place: str) -> None:
    container, _ = CONTAINERS[place]
    require_settings({each["name"]: each["value"] for each in container["env"]})


def require_settings(variables: dict[str, str]) -> None:
    own = {name.removeprefix(PREFIX).lower(): value for name, value in variables.items() if name.startswith("PUNK_")}
    assert own.keys() <= Settings.model_fields.keys()
    assert Settings.model_validate({"bundle": "b", **own})


def test_compose_is_configured_by_settings_that_exist_and_lets_nothing_write() -> None:
    service = COMPOSE["services"]["punk"]
    require_settings(service["environment"])
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert [each.partition(":")[0] for each in service["tmpfs"]] == ["/tmp"]


def test_compose_listens_on_this_machine_only() -> None:
    ports = list(chain.from_iterable(service["ports"] for service in COMPOSE["services"].values()))
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_compose_mounts_files_that_are_there() -> None:
    mounted = chain.from_iterable(service.get("volumes", []) for service in COMPOSE["services"].values())
    paths = [each.partition(":")[0] for each in mounted if each.startswith("./")]
    assert len(paths) >= 5
    assert all((REPOSITORY / path).exists() for path in paths)


@pytest.mark.parametrize("place", CONTAINERS)
def test_probes_ask_for_addresses_that_answer(place: str) -> None:
    container, _ = CONTAINERS[place]
    ports = {each["name"]: each["containerPort"] for each in container["ports"]}
    assert set(ports.values()) == {8000}
    for name in PROBES:
        if name in container:
            asked = container[name]["httpGet"]
            assert asked["path"] in ROUTES
            assert ports.get(asked["port"], asked["port"]) == 8000


def test_a_pod_has_longer_to_stop_than_the_service_takes() -> None:
    paused = POD["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    own = Settings.model_fields["stop_time"].default
    assert POD["terminationGracePeriodSeconds"] > paused + own
    assert int(COMPOSE["services"]["punk"]["stop_grace_period"].removesuffix("s")) > own


def test_kubernetes_selectors_find_the_pods() -> None:
    labels = KUBERNETES["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert KUBERNETES["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert KUBERNETES["Service"]["spec"]["selector"] == labels
    assert KUBERNETES["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    assert KUBERNETES["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels
    assert (
        KUBERNETES["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"]
        == (KUBERNETES["Deployment"]["metadata"]["name"])
    )


def test_pods_may_not_reach_out() -> None:
    policy = KUBERNETES["NetworkPolicy"]["spec"]
    assert "Egress" in policy["policyTypes"]
    assert policy["egress"] == []


def test_kserve_speaks_the_protocol_and_finds_the_runtime() -> None:
    model = INFERENCE_SERVICE["spec"]["predictor"]["model"]
    assert model["runtime"] == RUNTIME["metadata"]["name"]
    assert model["protocolVersion"] in RUNTIME["spec"]["protocolVersions"]
    assert model["modelFormat"]["name"] in [each["name"] for each in RUNTIME["spec"]["supportedModelFormats"]]
    variables = {each["name"]: each["value"] for each in CONTAINERS["kserve"][0]["env"]}
    assert variables[f"{PREFIX}BUNDLE"].startswith("/mnt/models/")  # where KServe puts what storageUri names


def test_prometheus_asks_the_service_that_compose_starts() -> None:
    job = documents("deploy/prometheus.yml")[0]["scrape_configs"][0]
    name, _, port = job["static_configs"][0]["targets"][0].partition(":")
    assert name in COMPOSE["services"]
    assert port == "8000"


# what is drawn and watched


def exported() -> dict[str, set[str]]:
    """Every sample that GET /metrics can give, with its labels."""
    metrics = Metrics()
    metrics.request("/v1/classify", 200, 0.1)
    metrics.refused("busy")
    metrics.step(STEPS[0], 0.1)
    metrics.fault(Fault.SILENT)
    metrics.answered("pop", False)
    metrics.replaced("ended")
    metrics.model.labels("small", "0").set(1)
    found: dict[str, set[str]] = {"up": {"job", "instance"}}
    for family in metrics.registry.collect():
        for sample in family.samples:
            found.setdefault(sample.name, {"job", "instance"}).update(sample.labels)
    return found


DASHBOARD = json.loads((DEPLOY / "grafana" / "dashboards" / "classically-punk.json").read_text(encoding="utf-8"))
RULES = documents("deploy/alerts.yml")[0]["groups"][0]["rules"]
EXPRESSIONS = [
    *(target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]),
    *(rule["expr"] for rule in RULES),
]
_FUNCTIONS = {"sum", "rate", "increase", "histogram_quantile", "count", "vector"}
_KEYWORDS = {"by", "and", "or", "ignoring", "group_left"}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expressions_ask_for_what_is_exported(expression: str) -> None:
    samples = exported()
    plain = re.sub(r'"[^"]*"', '""', expression)
    plain = re.sub(r"\[[^\]]*\]", "", plain)
    grouped = re.findall(r"(?:by|ignoring)\s*\(([^)]*)\)", plain)
    selected = re.findall(r"(\w+)\{([^}]*)\}", plain)
    bare = re.sub(r"(?:by|ignoring)\s*\([^)]*\)|\{[^}]*\}", "", plain)
    named = set(re.findall(r"\b[a-z_][a-z_0-9]*\b", bare)) - _FUNCTIONS - _KEYWORDS
    assert named
    assert named <= samples.keys()
    labels = set().union(*(samples[name] for name in named))
    assert {label.strip() for group in grouped for label in group.split(",")} <= labels
    for name, matchers in selected:
        assert set(re.findall(r"(\w+)\s*[=!]", matchers)) <= samples[name]


def test_the_dashboard_draws_every_metric_of_ours() -> None:
    drawn = " ".join(EXPRESSIONS)
    own = {re.sub(r"_(total|bucket|sum|count|created)$", "", name) for name in exported() if name.startswith("punk_")}
    assert not {name for name in own if name not in drawn}


def test_panels_have_words_and_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        assert panel["title"]
        assert panel["description"]
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken
        taken |= cells
        assert panel["datasource"]["uid"] == documents("deploy/grafana/datasources.yml")[0]["datasources"][0]["uid"]


def test_dashboards_are_looked_for_where_compose_mounts_them() -> None:
    place = documents("deploy/grafana/providers.yml")[0]["providers"][0]["options"]["path"]
    mounted = [each.split(":")[1] for each in COMPOSE["services"]["grafana"]["volumes"]]
    assert place in mounted
    home = COMPOSE["services"]["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home == f"{place}/classically-punk.json"


def test_every_alert_is_explained() -> None:
    explained = (REPOSITORY / "docs" / "operating.md").read_text(encoding="utf-8")
    for rule in RULES:
        assert rule["annotations"]["summary"]
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert f"`{rule['alert']}`" in explained
