"""The queue under hands that mean no good, and workers that are told to go."""

import json

import requests
from redis import Redis

from tests.system.processes import System, until
from workers.doorbell import open_queue, ring_once

ANN, BEN = "7001", "7002"
REFUSED = "job refused: it is not one of ours"


def test_a_worker_refuses_a_foreign_job_and_goes_on(system: System, redis_url: str) -> None:
    canary = system.logs / "canary"
    call = json.dumps(["os.system", None, [f"touch {canary}"], {}])
    with Redis.from_url(redis_url) as client:
        client.hset("rq:job:evil", mapping={"origin": "outbox", "status": "queued", "data": call})
        client.rpush("rq:queue:outbox", "evil")
    system.start("worker", "web", "clock")
    system.hear(ANN)
    until(lambda: system.graph.sent_to(ANN))
    assert not canary.exists()
    events = [json.loads(line)["event"] for line in system.log_lines()]
    assert events.count(REFUSED) == 1


def test_a_hundred_rings_have_one_effect(system: System, redis_url: str) -> None:
    system.start("web", "clock")
    system.hear(ANN)
    until(lambda: rows_due(system) == 2)
    queue = open_queue(redis_url)
    for _ in range(100):
        ring_once(queue, 1)
    system.start("worker")
    until(lambda: queue.count == 0)
    until(lambda: system.graph.sent_to(ANN))
    queue.connection.close()
    assert len(system.graph.sent_to(ANN)) == 1
    assert [call.node for call in system.graph.requests].count(ANN) == 1


def rows_due(system: System) -> float:
    return sum(
        float(line.rpartition(" ")[2])
        for line in system.get("/metrics").text.splitlines()
        if line.startswith("whosthere_outbox_rows") and 'state="pending"' in line
    )


def test_a_flood_of_bad_signatures_is_counted_to_the_last_and_rarely_logged(
    system: System,
) -> None:
    system.start("web")
    url = f"http://127.0.0.1:{system.port}/webhooks/messenger"
    with requests.Session() as session:
        for _ in range(500):
            answer = session.post(
                url, data=b"{}", headers={"X-Hub-Signature-256": "sha256=0"}, timeout=10
            )
            assert answer.status_code == 403
    counted = 'whosthere_webhook_seconds_count{status="403"} 500.0'
    assert counted in system.get("/metrics").text.splitlines()
    assert len([line for line in system.log_lines() if "signature" in line]) <= 2
