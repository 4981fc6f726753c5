"""One episode of `escapade watch`: played in the terminal, written as a GIF, and its figures."""

from pathlib import Path
from typing import Any

from agents.mazes.layouts.layouts import Layouts
from agents.play import Episode, Moment, Player, repeating
from escapade.runs.plan import Plan
from escapade.runs.progress import BlockProgress
from escapade.terminal.output import Output
from escapade.terminal.progress import Live
from escapade.watch import players
from escapade.watch.gif import write
from escapade.watch.playback import perform, summary
from escapade.watch.players import Watched


def show(
    output: Output,
    watched: Watched,
    *,
    layout: int | None,
    held_out: bool,
    seed: int,
    training: int,
    delay: float,
    gif: Path | None,
) -> None:
    """Play one episode and show it; `training` is the number of steps where the agent is trained first.

    BadInput for a layout that the maze does not have.
    """
    layouts, index = players.layout_of(watched.maze, layout, held_out, seed)
    player = _player(output, watched, layouts, index, seed, training)
    after = f" after {training:,} steps of training" if watched.trains else ""
    output.console.print(f"watching {watched.description()} in {watched.maze}{after}")
    kind = "held-out" if held_out else "training"
    title = f"{watched.maze} · {watched.agent} · {kind} layout {index} of {len(layouts)}"
    episode = Episode(layouts, index)
    moments: list[Moment]
    if output.console.file.isatty() and output.console.is_terminal and not output.console.is_dumb_terminal:
        moments = perform(output.console, title, episode.moments(player), delay)
    else:
        moments = list(episode.moments(player))
        summary(output.console, title, moments)
    output.console.print(_sentence(watched.agent, moments))
    if gif is not None:
        _draw(gif, episode, moments, delay)
        output.console.print(f"drawn: {gif}")
    episode.close()
    output.figures(lambda: _figures(watched, kind, index, moments))


def _player(output: Output, watched: Watched, layouts: Layouts, index: int, seed: int, steps: int) -> Player:
    """The player, trained with live progress where it has to be."""
    if not watched.trains:
        return players.player(watched, layouts, index, seed, steps, lambda progress: None)
    with Live(output.errors, Plan((watched.maze,), (watched.agent,), 1, steps, seed)) as live:
        shown = 0

        def progress(now: Any) -> None:
            nonlocal shown
            if now.step * 200 // now.steps > shown:
                shown = now.step * 200 // now.steps
                value = float(now.returns[0])
                live.update(BlockProgress(0, now.step, now.steps, None if value != value else value, now.rewarded))

        return players.player(watched, layouts, index, seed, steps, progress)


def _draw(gif: Path, episode: Episode, moments: list[Moment], delay: float) -> None:
    """Play the same actions again and draw every moment."""
    actions = [moment.action for moment in moments if moment.action is not None]
    write(gif, (episode.picture() for _ in episode.moments(repeating(actions))), delay)


def _sentence(agent: str, moments: list[Moment]) -> str:
    last = moments[-1]
    ending = last.ending or "was left"
    return f"{agent}: {ending} after {last.step} of at most {last.limit} steps, return {last.episode_return:.3f}."


def _figures(watched: Watched, kind: str, index: int, moments: list[Moment]) -> dict[str, Any]:
    last = moments[-1]
    return {
        "maze": watched.maze,
        "agent": watched.agent,
        "learner": None if watched.kept is None else watched.kept.learner,
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
