"""Small pictures as SVG. Each stands beside a table with the same numbers, so a screen reader skips it."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

BAR_WIDTH, BAR_HEIGHT = 240, 14
LINE_WIDTH, LINE_HEIGHT = 120, 28
COLUMN_HEIGHT, COLUMN_WIDTH, COLUMN_GAP = 150, 42, 12
MOST_LABELS = 16
NOT_SHOWN = '<td title="te weinig om te tonen">–</td>'


def bar(value: int | None, most: int, before: int | None = None) -> Markup:
    """A bar for a number; a thin stroke marks the number before."""
    width = round(BAR_WIDTH * (value or 0) / most, 1) if most else 0
    mark = ""
    if before and most:
        place = round(min(BAR_WIDTH - 1.5, BAR_WIDTH * before / most), 1)
        mark = f'<rect class="before" x="{place}" y="0" width="2.5" height="{BAR_HEIGHT}"/>'
    return Markup(  # noqa: S704 - numbers only
        f'<svg class="bar" viewBox="0 0 {BAR_WIDTH} {BAR_HEIGHT}" width="{BAR_WIDTH}" height="{BAR_HEIGHT}" '
        f'preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="value" x="0" y="2" width="{width}" '
        f'height="{BAR_HEIGHT - 4}"/>{mark}</svg>'
    )


def cells(values: Sequence[int | None]) -> Markup:
    """Table cells, a dash where nothing may be shown. Three years by the week are twenty thousand of them."""
    return Markup("".join(f"<td>{value}</td>" if value else NOT_SHOWN for value in values))  # noqa: S704 - numbers only


def line(values: Sequence[int | None]) -> Markup:
    """A small line over the periods; a gap where nothing may be shown."""
    most = max((v for v in values if v), default=0)
    if not most:
        return Markup("")
    step = (LINE_WIDTH - 8) / max(1, len(values) - 1)
    parts: list[list[tuple[float, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            parts.append([])
        else:
            parts[-1].append((round(4 + place * step, 1), round(LINE_HEIGHT - 4 - (LINE_HEIGHT - 8) * value / most, 1)))
    drawn = "".join(
        f'<polyline points="{" ".join(f"{x},{y}" for x, y in part)}"/>'
        if len(part) > 1
        else f'<circle cx="{part[0][0]}" cy="{part[0][1]}" r="2"/>'
        for part in parts
        if part
    )
    return Markup(  # noqa: S704 - numbers only
        f'<svg class="line" viewBox="0 0 {LINE_WIDTH} {LINE_HEIGHT}" width="{LINE_WIDTH}" height="{LINE_HEIGHT}" '
        f'aria-hidden="true" focusable="false">{drawn}</svg>'
    )


def columns(labels: Sequence[str], series: Sequence[tuple[str, Sequence[int | None]]]) -> Markup:
    """Columns over the periods, stacked when there are several series.

    Args:
        labels: below the columns, one a period.
        series: class name of the style, and one value a period; the first stands at the bottom.
    """
    heights = [sum(values[i] or 0 for _, values in series) for i in range(len(labels))]
    most = max(heights, default=0)
    width = len(labels) * (COLUMN_WIDTH + COLUMN_GAP) + COLUMN_GAP
    every = -(-len(labels) // MOST_LABELS) if labels else 1
    drawn = []
    for i, text in enumerate(labels):
        x, y = COLUMN_GAP + i * (COLUMN_WIDTH + COLUMN_GAP), float(COLUMN_HEIGHT)
        for name, values in series:
            height = COLUMN_HEIGHT * (values[i] or 0) / most if most else 0.0
            y -= height
            if height:
                drawn.append(
                    f'<rect class="{name}" x="{x}" y="{y + 20:.1f}" width="{COLUMN_WIDTH}" height="{height:.1f}"/>'
                )
        middle = x + COLUMN_WIDTH / 2
        if len(series) == 1 and heights[i]:
            drawn.append(f'<text class="count" x="{middle}" y="{y + 14:.1f}">{heights[i]}</text>')
        elif not heights[i]:
            drawn.append(f'<text class="none" x="{middle}" y="{COLUMN_HEIGHT + 14}">–</text>')
        if i % every == 0:
            drawn.append(f'<text x="{middle}" y="{COLUMN_HEIGHT + 38}">{text}</text>')
    return Markup(  # noqa: S704 - numbers, and labels made here
        f'<svg class="columns" viewBox="0 0 {width} {COLUMN_HEIGHT + 46}" width="{width}" height="{COLUMN_HEIGHT + 46}" '
        f'aria-hidden="true" focusable="false">{"".join(drawn)}</svg>'
    )
