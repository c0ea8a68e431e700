"""The real Prometheus and its exporters from Debian, on loopback ports of their own."""

import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).parents[2]
PROGRAMS = ("prometheus", "promtool", "prometheus-blackbox-exporter", "prometheus-smokeping-prober")

MODULES = """
modules:
  icmp: {prober: icmp, timeout: 300ms, icmp: {preferred_ip_protocol: ip4}}
  tcp: {prober: tcp, timeout: 300ms}
  http: {prober: http, timeout: 300ms}
"""

JOB = """
  - job_name: {job}
    metrics_path: /probe
    params: {{module: [{module}]}}
    static_configs: [{{targets: [{targets}]}}]
    relabel_configs:
      - {{source_labels: [__address__], target_label: __param_target}}
      - {{source_labels: [__param_target], target_label: instance}}
      - {{target_label: __address__, replacement: "{exporter}"}}
"""


PLAIN_JOB = """
  - job_name: {job}
    static_configs: [{{targets: ["{exporter}"]}}]
"""


def need_programs():
    """Skip where the programs are missing, but fail where they must be: in CI."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing and os.environ.get("CI"):
        pytest.fail(
            f"CI must have {', '.join(missing)}: apt-get install prometheus"
            " prometheus-blackbox-exporter prometheus-smokeping-prober"
        )
    if missing:
        pytest.skip(f"{', '.join(missing)}: not installed")


def free_port():
    """A port of loopback on which nothing listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@contextmanager
def running(command, ready_url, log):
    """A program while it runs, from the moment it answers; killed without mercy at the end."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)  # noqa: S603  our own
    try:
        _until(lambda: _answers(ready_url), log.read_text)
        yield process
    finally:
        process.kill()
        process.wait()


def blackbox(folder):
    """The exporter's command and address."""
    address = f"127.0.0.1:{free_port()}"
    config = folder / "blackbox.yml"
    config.write_text(MODULES)
    command = [
        "prometheus-blackbox-exporter",
        f"--config.file={config}",
        f"--web.listen-address={address}",
    ]
    return command, address


def smokeping(folder, host):
    """The prober's command, which pings a host ten times a second, and its address."""
    address = f"127.0.0.1:{free_port()}"
    config = folder / "smokeping.yml"
    config.write_text(f"targets: [{{hosts: ['{host}'], interval: 100ms, network: ip4}}]\n")
    command = [
        "prometheus-smokeping-prober",
        f"--config.file={config}",
        "--buckets=0.001,0.01,0.1,1",
        f"--web.listen-address={address}",
    ]
    return command, address


def history(folder, openmetrics):
    """Write what Prometheus is to remember into its store."""
    source = folder / "history.om"
    source.write_text(openmetrics)
    blocks = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "-q"]
    command = [*blocks, source, folder / "data"]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  our own


def prometheus(folder, jobs=()):
    """The server's command and address.

    Jobs are (name, module, targets, exporter) of blackbox_exporter, or (name, exporter).
    """
    address = f"127.0.0.1:{free_port()}"
    config = folder / "prometheus.yml"
    scrape = "".join(map(_job, jobs))
    timing = "global: {scrape_interval: 1s, scrape_timeout: 900ms}\n"
    config.write_text(f"{timing}scrape_configs:{scrape or ' []'}\n")
    command = [
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        "--storage.tsdb.retention.time=400d",
        f"--web.listen-address={address}",
    ]
    return command, address


def _job(job):
    if len(job) == 2:
        return PLAIN_JOB.format(job=job[0], exporter=job[1])
    name, module, targets, exporter = job
    listed = ", ".join(map(repr, targets))
    return JOB.format(job=name, module=module, targets=listed, exporter=exporter)


def scraped(address, series, at_least=5):
    """Wait, for a minute at most, until a series has so many samples in the last minute."""
    query = {"query": f"sum(count_over_time({series}[1m]))"}

    def enough():
        answer = requests.get(f"http://{address}/api/v1/query", query, timeout=5).json()
        result = answer["data"]["result"]
        return result and float(result[0]["value"][1]) >= at_least

    _until(enough, lambda: f"{series} has no {at_least} samples")


def _answers(url):
    try:
        return requests.get(url, timeout=1).ok
    except requests.ConnectionError:
        return False


def _until(true, why, limit_s=60.0):
    deadline = time.monotonic() + limit_s
    while not true():
        assert time.monotonic() < deadline, why()
        time.sleep(0.2)
