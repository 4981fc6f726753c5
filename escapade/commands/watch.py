"""`escapade watch`: see an agent walk a maze."""

from pathlib import Path
from typing import Annotated, Any

import typer

from agents.play import Episode, Moment, repeating
from escapade.runs.plan import Plan
from escapade.runs.progress import BlockProgress
from escapade.terminal.output import Output
from escapade.terminal.progress import Live
from escapade.watch import players
from escapade.watch.gif import checked, write
from escapade.watch.playback import perform, summary
from explore.errors import BadInput


def watch(
    place: Annotated[str, typer.Argument(help="A maze, or a folder that `run --out` or `mazes --out` wrote.")],
    agent: Annotated[
        str | None, typer.Option(help="planner, random, an agent to train first, or a folder of results.")
    ] = None,
    maze: Annotated[str | None, typer.Option(help="Which maze of a folder of results.")] = None,
    learner: Annotated[int | None, typer.Option(help="Which learner of a folder; the best where not given.")] = None,
    layout: Annotated[int | None, typer.Option(help="Which layout; one by the seed where not given.")] = None,
    held_out: Annotated[bool, typer.Option("--held-out", help="A layout that was never trained on.")] = False,
    seed: Annotated[int, typer.Option(help="Seed of every random stream.", min=0)] = 1,
    steps: Annotated[
        int | None, typer.Option(help="Steps of training before it plays; if not given 40,000.", min=1)
    ] = None,
    delay: Annotated[float, typer.Option(help="Seconds per step.", min=0.0, max=60.0)] = 0.2,
    gif: Annotated[Path | None, typer.Option(help="Write the episode as a GIF here.")] = None,
    json: Annotated[str | None, typer.Option(help="Write the episode here; - is standard output.")] = None,
) -> None:
    """See an agent walk a maze.

    Space pauses, s takes one step, q quits.

    Example: escapade watch MiniGrid-DoorKey-8x8-v0 --agent planner --gif walk.gif
    """
    output = Output(json)
    if gif is not None:
        checked(gif)
    who = players.watched(place, agent, maze, learner)
    if steps is not None and not who.trains:
        raise BadInput(
            f"--steps {steps}: only an agent that is trained first takes them, and {who.description()} is not."
        )
    layouts, index = players.layout_of(who.maze, layout, held_out, seed)
    training = players.STEPS if steps is None else steps
    player = _player(output, who, layouts, index, seed, training)
    after = f" after {training:,} steps of training" if who.trains else ""
    output.console.print(f"watching {who.description()} in {who.maze}{after}")
    kind = "held-out" if held_out else "training"
    title = f"{who.maze} · {who.agent} · {kind} layout {index} of {len(layouts)}"
    episode = Episode(layouts, index)
    moments: list[Moment]
    if output.console.file.isatty() and output.console.is_terminal and not output.console.is_dumb_terminal:
        moments = perform(output.console, title, episode.moments(player), delay)
    else:
        moments = list(episode.moments(player))
        summary(output.console, title, moments)
    output.console.print(_sentence(who.agent, moments))
    if gif is not None:
        _draw(gif, episode, moments, delay)
        output.console.print(f"drawn: {gif}")
    episode.close()
    output.figures(lambda: _figures(who, kind, index, moments))


def _player(output: Output, who: Any, layouts: Any, index: int, seed: int, steps: int) -> Any:
    """The player, trained with live progress where it has to be."""
    if not who.trains:
        return players.player(who, layouts, index, seed, steps, lambda progress: None)
    with Live(output.errors, Plan((who.maze,), (who.agent,), 1, steps, seed)) as live:
        shown = 0

        def progress(now: Any) -> None:
            nonlocal shown
            if now.step * 200 // now.steps > shown:
                shown = now.step * 200 // now.steps
                value = float(now.returns[0])
                live.update(BlockProgress(0, now.step, now.steps, None if value != value else value, now.rewarded))

        return players.player(who, layouts, index, seed, steps, progress)


def _draw(gif: Path, episode: Any, moments: list[Moment], delay: float) -> None:
    """Play the same actions again and draw every moment."""
    actions = [moment.action for moment in moments if moment.action is not None]
    write(gif, (episode.picture() for _ in episode.moments(repeating(actions))), delay)


def _sentence(agent: str, moments: list[Moment]) -> str:
    last = moments[-1]
    ending = last.ending or "was left"
    return f"{agent}: {ending} after {last.step} of at most {last.limit} steps, return {last.episode_return:.3f}."


def _figures(who: Any, kind: str, index: int, moments: list[Moment]) -> dict[str, Any]:
    last = moments[-1]
    return {
        "maze": who.maze,
        "agent": who.agent,
        "learner": None if who.kept is None else who.kept.learner,
        "layouts": kind,
        "layout": index,
        "mission": last.mission,
        "actions": [moment.action_name for moment in moments[1:]],
        "rewards": [moment.reward for moment in moments[1:]],
        "return": last.episode_return,
        "steps": last.step,
        "limit": last.limit,
        "success": last.success,
        "ending": last.ending,
    }
