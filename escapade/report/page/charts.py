"""The charts of the page as Vega-Lite specifications, made with Altair: curves, profiles, and heat maps on a maze.

They are drawn as SVG in the colour of the text around them, so that they suit a light and a dark page alike; every
mark has a tooltip, and every chart a description for screen readers.
"""

from typing import Any

import altair as alt

from escapade.report.colours import COLOURS, DASHES, SHAPES
from escapade.report.mazes import visits
from escapade.report.mazes.cost import seconds_at

Specification = dict[str, Any]
Rows = list[dict[str, Any]]

HEIGHT = 280
MAP = 300  # pixels of a heat map's longer side
INK, FAINT = "currentColor", "#80808040"


def learning_curves(maze: dict[str, Any], across: str) -> Specification | None:
    """The return on training layouts against `steps` or `seconds`, with 95 % bands; None without curves."""
    rows = [
        {
            "agent": agent["spec"],
            "steps": step,
            "seconds": round(seconds_at(step, agent), 2),
            "return": value,
            "low": low,
            "high": high,
        }
        for agent in maze["agents"]
        for step, value, low, high in agent["curve"]
    ]
    title = {"steps": "steps per learner", "seconds": "seconds of training all learners"}[across]
    limits = maze.get("return_limits")
    return _curves(rows, "agent", across, title, "return", limits, f"{maze['id']}: return against {title}")


def profiles(maze: dict[str, Any]) -> Specification | None:
    """The share of learners above each score, with 95 % bands; None where scores are not known."""
    rows = [
        {"agent": agent["spec"], "score": score, "learners": share, "low": low, "high": high}
        for agent in maze["agents"]
        for score, share, low, high in agent.get("profile") or []
    ]
    description = f"{maze['id']}: share of learners whose score is above each value"
    return _curves(rows, "agent", "score", "score: share of the planner's return", "learners", (0, 1), description)


def regret_curves(results: dict[str, Any]) -> Specification | None:
    """The regret of each policy against pulls, with 95 % bands; the reward where returns rank the policies."""
    name = "reward" if results.get("optimum") is not None else "regret"
    rows = []
    for policy in results["policies"]:
        for pulls, value, *band in policy["rewards" if name == "reward" else "curve"]:
            low, high = band or (None, None)
            rows.append({"policy": policy["spec"], "pulls": pulls, name: value, "low": low, "high": high})
    description = f"{results['testbed']}: {name} against pulls"
    return _curves(rows, "policy", "pulls", "pulls (logarithmic)", name, None, description, logarithmic=True)


def heat_map(maze: dict[str, Any], agent: dict[str, Any], picture: str | None) -> Specification | None:
    """Visits per cell and learner on a picture (a data URI) of the maze; None where they were not counted."""
    counted = visits.counts(agent)
    if counted is None or not (counted > 0).any():
        return None
    width, height = counted.shape
    rows = [
        {"x": x, "y": y, "column": x + 1, "row": y + 1, "visits": float(counted[x, y])}
        for x in range(width)
        for y in range(height)
        if counted[x, y] > 0
    ]
    everyone = [each for other in maze["agents"] if (each := visits.counts(other)) is not None and (each > 0).any()]
    scale = [visits.least_visited(everyone), max(float(each.max()) for each in everyone)]
    cell = max(4, MAP // max(width, height))
    size = {"width": cell * width, "height": cell * height}
    across = alt.X("column:Q", axis=None, scale=alt.Scale(domain=[0, width], nice=False))
    down = alt.Y("row:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False))
    cells = (
        alt.Chart(alt.InlineData(values=rows), **size)
        .mark_rect(opacity=0.75)
        .encode(
            x=across,
            x2="x:Q",
            y=down,
            y2="y:Q",
            color=alt.Color(
                "visits:Q",
                scale=alt.Scale(type="log", scheme="viridis", domain=scale, nice=False),
                legend=alt.Legend(title="visits per learner", orient="bottom", gradientLength=size["width"] - 20),
            ),
            tooltip=[alt.Tooltip("column:Q"), alt.Tooltip("row:Q"), alt.Tooltip("visits:Q", format=",.4~g")],
        )
    )
    description = f"{maze['id']}, {agent['spec']}: visits per cell, from {scale[0]:,.3g} to {scale[1]:,.0f} a learner"
    if picture is None:
        return _finished(cells.properties(description=description))
    centre = alt.InlineData(values=[{"column": width / 2, "row": height / 2, "picture": picture}])
    image = alt.Chart(centre, **size).mark_image(**size, aspect=False).encode(x=across, y=down, url="picture:N")
    return _finished(alt.layer(image, cells).properties(description=description))


def _curves(
    rows: Rows,
    group: str,
    across: str,
    title: str,
    up: str,
    limits: Any,
    description: str,
    *,
    logarithmic: bool = False,
) -> Specification | None:
    if not rows:
        return None
    names = list(dict.fromkeys(row[group] for row in rows))
    columns = 2 if max(map(len, names)) < 22 else 1
    legend = alt.Legend(title=None, orient="bottom", columns=columns, labelLimit=320, symbolSize=80, symbolOpacity=1)

    def of(values: tuple[Any, ...]) -> alt.Scale:
        return alt.Scale(domain=names, range=[values[place % len(values)] for place in range(len(names))])

    horizontal = alt.X(
        f"{across}:Q", title=title, scale=alt.Scale(type="log") if logarithmic else alt.Scale(zero=False)
    )
    vertical = alt.Y(f"{up}:Q", title=up, scale=alt.Scale(domain=list(limits), nice=False) if limits else alt.Scale())
    base = alt.Chart(alt.InlineData(values=rows), width="container", height=HEIGHT)
    colour = alt.Color(f"{group}:N", scale=of(COLOURS), sort=names, legend=legend)
    band = base.mark_area(opacity=0.18).encode(x=horizontal, y=alt.Y("low:Q", title=up), y2="high:Q", color=colour)
    line = base.mark_line(strokeWidth=2).encode(
        x=horizontal,
        y=vertical,
        color=colour,
        strokeDash=alt.StrokeDash(f"{group}:N", scale=of(tuple(map(list, DASHES))), sort=names, legend=legend),
    )
    fields = [alt.Tooltip(f"{group}:N"), alt.Tooltip(f"{across}:Q", format=",.6~g")]
    fields += [alt.Tooltip(f"{name}:Q", format=",.4~g") for name in (up, "low", "high")]
    points = base.mark_point(size=45, filled=True, opacity=1).encode(
        x=horizontal,
        y=vertical,
        color=colour,
        shape=alt.Shape(f"{group}:N", scale=of(SHAPES), sort=names, legend=legend),
        tooltip=fields,
    )
    fitted = alt.AutoSizeParams(type="fit", contains="padding")  # the width is that of the page
    return _finished(alt.layer(band, line, points).properties(description=description, autosize=fitted))


def _finished(chart: Any) -> Specification:
    """The specification of a chart, in the colour of the text around it."""
    ink = {"labelColor": INK, "titleColor": INK}
    specification: Specification = (
        chart.configure(background="transparent")
        .configure_axis(**ink, gridColor=FAINT, domainColor=INK, tickColor=INK)
        .configure_legend(**ink)
        .configure_view(stroke=FAINT)
        .to_dict()
    )
    return specification
