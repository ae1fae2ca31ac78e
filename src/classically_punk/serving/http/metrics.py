"""What Prometheus is told: requests, where their time goes, what was refused, what was answered."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from classically_punk.contracts.faults import Fault
from classically_punk.serving.http.column_log import ColumnLog
from classically_punk.serving.http.pool import Watch

STEPS = ("read", "queue", "decode", "describe", "answer")
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""s."""


class Metrics(Watch):
    """One registry for each service, so that several can stand in one process."""

    def __init__(self, column_log: ColumnLog | None = None) -> None:
        self._column_log = column_log
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "punk_requests", "Requests, by route and status.", ("route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "punk_request_seconds", "Of a request.", ("route",), buckets=BUCKETS, registry=self.registry
        )
        self._steps = Histogram(
            "punk_step_seconds", "Of a step of an answer.", ("step",), buckets=BUCKETS, registry=self.registry
        )
        self._refused = Counter(
            "punk_refused", "Requests without an answer, by code.", ("code",), registry=self.registry
        )
        self._faults = Counter(
            "punk_unusable_files", "Files without an answer, by what is wrong.", ("fault",), registry=self.registry
        )
        self._answers = Counter(
            "punk_answers", "Answers, by the likeliest genre, sure or not.", ("genre",), registry=self.registry
        )
        self._abstentions = Counter("punk_abstentions", "Answers that are `not sure`.", registry=self.registry)
        self._replaced = Counter(
            "punk_replaced_workers", "Processes that were replaced, by why.", ("reason",), registry=self.registry
        )
        self.workers = Gauge("punk_workers", "Processes that run.", registry=self.registry)
        self.waiting = Gauge("punk_waiting", "Requests that wait for a process.", registry=self.registry)
        self.buffered = Gauge("punk_buffered_bytes", "Of all requests in memory.", registry=self.registry)
        self.model = Gauge("punk_model_info", "1.", ("name", "sha256"), registry=self.registry)
        for step in STEPS:
            self._steps.labels(step)

    def request(self, route: str, status: int, seconds: float) -> None:
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def refused(self, code: str) -> None:
        self._refused.labels(code).inc()

    def step(self, name: str, seconds: float) -> None:
        self._steps.labels(name).observe(seconds)

    def fault(self, fault: Fault) -> None:
        self._faults.labels(fault.value).inc()

    def answered(self, best: str, sure: bool) -> None:
        self._answers.labels(best).inc()
        if not sure:
            self._abstentions.inc()

    def replaced(self, reason: str) -> None:
        self._replaced.labels(reason).inc()

    def columns(self, columns: dict[str, float], best: str, sure: bool) -> None:
        if self._column_log is not None:
            self._column_log.write(columns, best, sure)

    def text(self) -> bytes:
        return generate_latest(self.registry)
