"""`escapade watch`: watch an agent in a maze."""

from pathlib import Path
from typing import Annotated

import typer

from escapade import terminal
from escapade import watch as episodes
from explore.errors import BadInput


def watch(
    place: Annotated[str, typer.Argument(help="Maze id, or folder that `run --out` or `mazes --out` wrote.")],
    agent: Annotated[
        str | None, typer.Option(help="planner, random, an agent to train first, or a folder of results.")
    ] = None,
    maze: Annotated[str | None, typer.Option(help="Which maze of the folder of results.")] = None,
    learner: Annotated[int | None, typer.Option(help="Which learner of the folder; by default the best.")] = None,
    layout: Annotated[int | None, typer.Option(help="Which layout; by default one drawn from the seed.")] = None,
    held_out: Annotated[bool, typer.Option("--held-out", help="Show a held-out layout, never trained on.")] = False,
    seed: Annotated[int, typer.Option(help="Seed of every random stream.", min=0)] = 1,
    steps: Annotated[int | None, typer.Option(help="Steps to train the agent first; by default 40,000.", min=1)] = None,
    delay: Annotated[float, typer.Option(help="Seconds per step.", min=0.0, max=60.0)] = 0.2,
    gif: Annotated[Path | None, typer.Option(help="Write the episode as a GIF here.")] = None,
    json: Annotated[str | None, typer.Option(help="Write the episode as JSON here; - is standard output.")] = None,
) -> None:
    """Show an agent in a maze, step by step.

    Space pauses, s takes one step, q quits.

    Example: escapade watch MiniGrid-DoorKey-8x8-v0 --agent planner --gif walk.gif
    """
    output = terminal.output.Output(json)
    if gif is not None:
        episodes.gif.checked(gif)
    watched = episodes.players.watched(place, agent, maze, learner)
    if steps is not None and not watched.trains:
        raise BadInput(
            f"--steps {steps}: only an agent that is trained first takes them, and {watched.description()} is not."
        )
    episodes.episode.show(
        output,
        watched,
        layout=layout,
        held_out=held_out,
        seed=seed,
        training=episodes.players.STEPS if steps is None else steps,
        delay=delay,
        gif=gif,
    )
