"""The time left starts sensible and never goes wild."""

from __future__ import annotations

import heapq
import random
from pathlib import Path

import pytest

from ndc_urban.runs.progress import Watch


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def simulated(seconds: list[float], sizes: list[int], workers: int) -> list[tuple[float, float | None]]:
    """Part of the run that is over, and the end that is foreseen (1: the true one), after each document."""
    clock = Clock()
    watch = Watch(len(sizes), sum(sizes), None, workers=workers, clock=clock)
    running: list[tuple[float, int]] = []
    waiting = iter(range(len(sizes)))
    foreseen: list[tuple[float, float | None]] = []
    for number in range(min(workers, len(sizes))):
        heapq.heappush(running, (seconds[number], next(waiting)))
    while running:
        watch.tick([Path(str(number)) for _, number in running])
        clock.now, done = heapq.heappop(running)
        # the engine looks once more before it hands out a result
        watch.tick([Path(str(number)) for _, number in running])
        watch.done(Path(str(done)), sizes[done], ok=True)
        if (following := next(waiting, None)) is not None:
            heapq.heappush(running, (clock.now + seconds[following], following))
        left = watch.seconds_left
        foreseen.append((clock.now, None if left is None else clock.now + left))
    total = clock.now
    return [(now / total, None if end is None else end / total) for now, end in foreseen]


@pytest.mark.parametrize("workers", [1, 2, 8])
@pytest.mark.parametrize("speed", [0.1, 1.0, 20.0])
def test_scans_among_the_first_do_not_mislead(workers: int, speed: float) -> None:
    chance = random.Random(workers)
    sizes = sorted((chance.randrange(50_000, 2_000_000) for _ in range(400)), reverse=True)
    seconds = [speed * size / 1e6 * chance.uniform(0.5, 2.0) for size in sizes]
    for scan in (0, 1, 2, 5):
        seconds[scan] *= 40
    told = [(part, end) for part, end in simulated(seconds, sizes, workers) if end is not None]
    assert told[0][0] < 0.5
    assert all(0.35 < end < 2.0 for _, end in told)
    assert all(abs(end - 1) < 0.1 for part, end in told if part > 0.9)


def test_nothing_is_foreseen_from_too_little() -> None:
    clock = Clock()
    watch = Watch(100, 100_000, None, clock=clock)
    watch.tick([Path("a")])
    clock.now = 300.0
    watch.done(Path("a"), 1000, ok=True)
    assert watch.seconds_left is None


def test_what_was_done_before_tells_no_pace() -> None:
    clock = Clock()
    watch = Watch(100, 100_000, None, clock=clock)
    for _ in range(90):
        watch.skip(1000)
    for number in range(5):
        watch.tick([Path(str(number))])
        clock.now += 2.0
        watch.done(Path(str(number)), 1000, ok=True)
    assert watch.seconds_left == pytest.approx(10.0, rel=0.2)


def test_files_too_fast_to_be_seen_are_timed_by_their_number() -> None:
    clock = Clock()
    watch = Watch(1000, 1_000_000, None, workers=2, clock=clock)
    for number in range(100):
        clock.now += 0.01
        watch.done(Path(str(number)), 1000, ok=True)
    assert watch.seconds_left == pytest.approx(9.0, rel=0.2)


def test_files_that_come_back_together_are_timed_together() -> None:
    clock = Clock()
    watch = Watch(400, 400_000, None, workers=2, clock=clock)
    for chunk in range(0, 160, 16):
        watch.tick([Path(str(chunk)), Path(str(chunk + 8))])
        clock.now += 8.0
        for number in range(chunk, chunk + 16):
            watch.done(Path(str(number)), 1000, ok=True)
    assert watch.seconds_left == pytest.approx(120.0, rel=0.2)


def test_small_files_that_come_last_have_their_time() -> None:
    sizes = [2_000_000] * 40 + [1_000] * 360
    seconds = [4.0] * 40 + [0.5] * 360
    told = [(part, end) for part, end in simulated(seconds, sizes, 2) if end is not None]
    assert all(abs(end - 1) < 0.15 for part, end in told if part > 0.6)


def test_nothing_left_is_zero() -> None:
    watch = Watch(1, 10, None)
    watch.done(Path("a"), 10, ok=True)
    assert watch.seconds_left == 0.0
