"""Processes that answer, whatever they do: the service says so, and goes on with others."""

import asyncio
import io
import os
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from classically_punk.contracts.faults import Fault
from classically_punk.foundation.errors import PunkError
from classically_punk.serving.http import child, pool
from classically_punk.serving.http.pool import Pool, Watch, wav_of_floats
from classically_punk.serving.http.refusals import Refused
from classically_punk.serving.http.settings import Settings

Make = Callable[..., Settings]


def run(settings: Settings, asking: Callable[[Pool], Awaitable[None]], watch: Watch | None = None) -> None:
    async def whole() -> None:
        found = Pool(settings, watch)
        try:
            await found.start()
            await asking(found)
        finally:
            await found.close()
        assert found.ready == 0

    asyncio.run(whole())


async def refused(pool: Pool, data: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        await pool.classify(data, "")
    return caught.value


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"crashes", 422, "undecodable"),
        (b"exits", 422, "undecodable"),
        (b"eats", 422, "undecodable"),
        (b"invents", 422, "undecodable"),
        (b"mistimes", 422, "undecodable"),
        (b"says [1", 422, "undecodable"),
        (b"says [" + b"[" * 100_000, 422, "undecodable"),
        (b"raw \xff\xff\xff\xff", 422, "undecodable"),
        (b"raw \x00\x00\x00\x02[]", 422, "undecodable"),
        (b'raw \x00\x00\x00\x19{"content": 1000000000000}', 422, "undecodable"),
        (b"fault unheard_of", 422, "undecodable"),
        (b"fault silent", 422, "no_music"),
        (b"fault not_audio", 415, "unsupported_media"),
        (b"fault unsupported", 415, "unsupported_media"),
        (b"fault too_long", 413, "too_long"),
        (b"fault corrupt", 422, "undecodable"),
    ],
)
def test_whatever_a_process_says_or_does_is_one_refusal_and_the_next_file_is_answered(
    misbehaving: Make, data: bytes, status: int, code: str
) -> None:
    async def asking(pool: Pool) -> None:
        found = await refused(pool, data)
        assert (found.status, found.code) == (status, code)
        assert "process" in await pool.classify(b"", "")

    run(misbehaving(), asking)


def test_every_fault_that_rejects_has_a_status() -> None:
    for fault in Fault:
        assert child.of_fault(fault, "It is no good.").status in (413, 415, 422)


def test_a_process_is_killed_at_its_time_limit_step_by_step(misbehaving: Make) -> None:
    async def asking(pool: Pool) -> None:
        first = pool.processes
        found = await refused(pool, b"hangs")
        assert (found.status, found.fault) == (422, Fault.TOO_SLOW)
        assert "0.3 s" in found.sentence
        found = await refused(pool, b"thinks")
        assert (found.status, found.code) == (504, "timeout")
        assert (await pool.classify(b"", ""))["process"] not in first

    run(misbehaving(decode_time=0.3, answer_time=0.3), asking)


def test_a_crash_that_an_earlier_file_may_have_caused_costs_no_answer(misbehaving: Make, tmp_path: Path) -> None:
    async def asking(pool: Pool) -> None:
        assert "process" in await pool.classify(b"crashes_once " + os.fsencode(tmp_path / "crashed"), "")

    run(misbehaving(), asking)


def test_a_process_that_is_killed_from_outside_is_replaced_and_its_request_answered(misbehaving: Make) -> None:
    async def asking(pool: Pool) -> None:
        (process,) = pool.processes
        request = asyncio.create_task(pool.classify(b"waits 0.5", ""))
        await asyncio.sleep(0.1)
        os.kill(process, signal.SIGKILL)
        assert (await request)["process"] != process

    run(misbehaving(), asking)


def test_those_that_die_while_they_have_nothing_to_do_are_replaced(misbehaving: Make) -> None:
    async def asking(pool: Pool) -> None:
        first = pool.processes
        for process in first:
            os.kill(process, signal.SIGKILL)
        async with asyncio.timeout(60):
            while pool.ready < 2 or set(first) & set(pool.processes):
                await asyncio.sleep(0.01)
        answers = await asyncio.gather(*(pool.classify(b"waits 0.2", "") for _ in range(2)))
        assert {answer["process"] for answer in answers} == set(pool.processes)

    run(misbehaving(workers=2), asking)


def test_one_that_grows_answers_and_is_replaced(misbehaving: Make) -> None:
    reasons: list[str] = []

    class Counting(Watch):
        def replaced(self, reason: str) -> None:
            reasons.append(reason)

    async def asking(pool: Pool) -> None:
        (process,) = pool.processes
        await pool.classify(b"grows", "")
        assert (await pool.classify(b"", ""))["process"] != process

    run(misbehaving(), asking, Counting())
    assert reasons == ["grown"]


def test_a_mistake_of_ours_is_no_fault_of_the_file(misbehaving: Make) -> None:
    async def asking(pool: Pool) -> None:
        with pytest.raises(RuntimeError, match="ZeroDivisionError: ours"):
            await pool.classify(b"errs", "")
        assert "process" in await pool.classify(b"", "")

    run(misbehaving(), asking)


def test_who_comes_when_the_queue_is_full_is_sent_away_and_who_waits_too_long_as_well(misbehaving: Make) -> None:
    async def asking(pool: Pool) -> None:
        requests = [asyncio.create_task(pool.classify(b"waits 0.8", "")) for _ in range(2)]
        await asyncio.sleep(0.1)
        found = await refused(pool, b"")
        assert (found.status, found.headers["Retry-After"]) == (503, "1")
        first, second = await asyncio.gather(*requests, return_exceptions=True)
        assert isinstance(first, dict)
        assert isinstance(second, Refused)
        assert second.status == 503

    run(misbehaving(queue=1, queue_time=0.3), asking)


def test_for_whom_nobody_waits_no_process_works(misbehaving: Make) -> None:
    async def gone() -> bool:
        return True

    async def asking(pool: Pool) -> None:
        began = time.monotonic()
        with pytest.raises(Refused) as caught:
            await pool.classify(b"hangs", "", gone=gone)
        assert caught.value.code == "gone"
        assert "process" in await pool.classify(b"", "")
        assert time.monotonic() - began < 30

    run(misbehaving(), asking)


def test_no_process_is_told_of_what_is_none_of_its_business(misbehaving: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    assert "AWS_SECRET_ACCESS_KEY" not in child._environment()


def test_a_process_that_does_not_start_and_a_bundle_that_is_not_there(
    misbehaving: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def nothing(_: Pool) -> None: ...

    with pytest.raises(PunkError, match=r"nowhere\.json: cannot be read"):
        run(misbehaving(bundle=tmp_path / "nowhere.json"), nothing)
    monkeypatch.setattr(child, "PROGRAM", "no_such_worker")
    with pytest.raises(PunkError, match="does not start: it ended with status 1"):
        run(misbehaving(), nothing)


def test_samples_as_a_file_are_the_samples() -> None:
    samples = np.array([0.0, 0.5, -1.0, 0.25], dtype="<f4")
    read, rate = soundfile.read(io.BytesIO(wav_of_floats(samples.tobytes(), 48000)), dtype="float32")
    assert rate == 48000
    np.testing.assert_array_equal(read, samples)


def test_limits_of_the_parent_are_those_of_the_rooms_that_it_does_not_import() -> None:
    from classically_punk.audio.canonical import SAMPLE_RATE
    from classically_punk.bundle.reading import LARGEST

    assert (pool.RATE, pool.LARGEST_BUNDLE) == (SAMPLE_RATE, LARGEST)
