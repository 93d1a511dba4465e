"""Series of counts in, the geometry of a drawing out. Pure: the template only writes down what stands here.

Across, everything is in per cent and up and down in pixels, so a chart fits any width and its letters keep their size.
Geometry is text, because a template would write 1.5 as "1,5" for a German reader.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, log10

GAP = 0.28
MARKS = 6
STEPS = 4


@dataclass(frozen=True, slots=True)
class Bucket:
    """One hour or day: `label` under the bar, `name` in full (date and zone) and the counts by series."""

    label: str
    name: str
    counts: Mapping[str, int]
    href: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """One coloured piece of a bar."""

    series: str
    y: str
    height: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with the whole column as its place to point at."""

    left: str
    column: str
    x: str
    width: str
    title: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A word on an axis: `at` is pixels from the top on the count axis, per cent on the time axis."""

    at: str
    label: str


@dataclass(frozen=True, slots=True)
class Key:
    """A line of the legend."""

    series: str
    label: str
    total: int


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table that says the same in numbers."""

    name: str
    href: str
    counts: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Chart:
    """All that the part `parts/chart.html` draws."""

    title: str
    height: str
    bars: tuple[Bar, ...]
    counts: tuple[Mark, ...]
    times: tuple[Mark, ...]
    legend: tuple[Key, ...]
    rows: tuple[Row, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Spark:
    """A line without axes, 100 wide and 24 high: `line` and the `area` under it, as SVG points."""

    line: str
    area: str
    title: str


def stacked_bars(
    *, title: str, buckets: Sequence[Bucket], series: Sequence[tuple[str, str]], height: int = 168
) -> Chart:
    """Draw one bar per bucket, stacked from the bottom in the order of `series`, pairs of (name, word).

    Series without a single count are left out of the legend and the table.
    """
    used = [(name, word) for name, word in series if any(b.counts.get(name) for b in buckets)]
    names = [name for name, _ in used]
    rows = tuple(_row(bucket, names) for bucket in buckets)
    top = scale_top(max((row.total for row in rows), default=0))
    return Chart(
        title=title,
        height=str(height),
        bars=tuple(_bar(i, b, used, len(buckets), height, top) for i, b in enumerate(buckets)),
        counts=_count_marks(top, height),
        times=_time_marks(buckets),
        legend=tuple(Key(n, w, sum(b.counts.get(n, 0) for b in buckets)) for n, w in used),
        rows=rows,
        total=sum(row.total for row in rows),
    )


def sparkline(values: Sequence[int], *, title: str = "") -> Spark:
    """Draw `values` from left to right, zero at the bottom; fewer than two values give a flat line."""
    shown = list(values) if len(values) > 1 else [*values, *values] or [0, 0]
    top = max(*shown, 1)
    step = 100 / (len(shown) - 1)
    points = [f"{_round(i * step)},{_round(23 - 22 * v / top)}" for i, v in enumerate(shown)]
    line = " ".join(points)
    return Spark(line=line, area=f"0,24 {line} 100,24", title=title)


def scale_top(largest: int) -> int:
    """Return the round number the count axis ends at: the least of 1, 2 or 5 times ten per step that fits."""
    if largest <= STEPS:
        return STEPS
    rough = largest / STEPS
    ten = 10 ** int(log10(rough))
    step = next(ten * factor for factor in (1, 2, 5, 10) if ten * factor >= rough)
    return int(step * ceil(largest / step))


def _bar(
    index: int, bucket: Bucket, used: Sequence[tuple[str, str]], of: int, height: int, top: int
) -> Bar:
    column = 100 / of
    return Bar(
        left=_percent(index * column),
        column=_percent(column),
        x=_percent((index + GAP / 2) * column),
        width=_percent((1 - GAP) * column),
        title=_spoken(bucket, used),
        segments=_segments(bucket, [name for name, _ in used], height, top),
    )


def _segments(bucket: Bucket, names: Sequence[str], height: int, top: int) -> tuple[Segment, ...]:
    pieces: list[Segment] = []
    y = float(height)
    for name in names:
        if count := bucket.counts.get(name, 0):
            tall = max(1.0, count * height / top)
            y -= tall
            pieces.append(Segment(name, _round(y), _round(tall)))
    return tuple(pieces)


def _spoken(bucket: Bucket, used: Sequence[tuple[str, str]]) -> str:
    parts = [f"{word} {bucket.counts[n]}" for n, word in used if bucket.counts.get(n)]
    return "\n".join([bucket.name, *parts])


def _row(bucket: Bucket, names: Sequence[str]) -> Row:
    counts = tuple(bucket.counts.get(name, 0) for name in names)
    return Row(bucket.name, bucket.href, counts, sum(counts))


def _count_marks(top: int, height: int) -> tuple[Mark, ...]:
    step = top // STEPS if top % STEPS == 0 else top // _steps(top)
    return tuple(Mark(_round(height - n * height / top), f"{n:,}") for n in range(0, top + 1, step))


def _steps(top: int) -> int:
    return 3 if top % 3 == 0 else 2 if top % 2 == 0 else 1


def _time_marks(buckets: Sequence[Bucket]) -> tuple[Mark, ...]:
    every = max(1, ceil(len(buckets) / MARKS))
    column = 100 / max(1, len(buckets))
    return tuple(
        Mark(_percent((i + 0.5) * column), bucket.label)
        for i, bucket in enumerate(buckets)
        if i % every == 0
    )


def _percent(value: float) -> str:
    return f"{_round(value)}%"


def _round(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
