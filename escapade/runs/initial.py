"""Learners that start from trained networks: those of another folder of results, learner by learner.

An agent takes the networks of the same agent there; of several mazes, those of the same one, whatever its reward was. A
learner's result depends on its initial networks, and these on the configuration that they were trained with, so that
configuration is part of the configuration of the learners that start from them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from agents.mazes import parse_maze
from agents.mazes.maze_spec import is_maze
from agents.training.trained import Weights
from escapade.runs.plan import Configuration, Initial, Plan
from escapade.runs.store import open_existing
from explore.errors import BadInput


def beginning_with(plan: Plan, folder: Path | None) -> Plan:
    """The plan, with learners that begin with the networks in `folder`; the plan itself where it is None.

    BadInput where the folder holds no results, lacks an agent or a learner of the plan, or has several that fit.
    """
    if folder is None:
        return plan
    store = open_existing(folder)
    try:
        kept = {(c["maze"], c["agent"]): c for c in sorted(store.configurations(), key=lambda c: int(c["steps"]))}
        sources = {}
        for maze in plan.mazes:
            for agent in plan.agents:
                source = _source(maze, agent, kept, folder)
                missing = sorted(set(range(plan.learners)) - set(store.learners(source)))
                if missing:
                    raise BadInput(
                        f"'{folder}' has no learner {missing[0]} of {agent} in {source['maze']} to start from: train "
                        f"{plan.learners} learners there first."
                    )
                sources[maze, agent] = source
    finally:
        store.close()
    return replace(plan, initial=Initial(str(folder), sources))


def initial_weights(folder: Path, source: Mapping[str, Any], learners: Sequence[int]) -> Weights:
    """The networks of these learners of the configuration `source`; BadInput where they cannot be read."""
    store = open_existing(folder)
    try:
        block: Weights = {"learners": []}
        rows = []
        for name in learners:
            if name not in block["learners"]:  # those of one block lie in one file
                block = store.weights(source, name)
            place = block["learners"].index(name)
            rows.append({key: tensor[place] for key, tensor in block["state"].items()})
    finally:
        store.close()
    state = {key: torch.stack([row[key] for row in rows]) for key in rows[0]}
    return {**block, "learners": list(learners), "state": state}


def _source(maze: str, agent: str, kept: Mapping[tuple[str, str], Configuration], folder: Path) -> Configuration:
    """The configuration that this agent's networks come from."""
    mazes = [each for each, other in kept if other == agent]
    if not mazes:
        agents = ", ".join(dict.fromkeys(other for _, other in kept)) or "no agent"
        raise BadInput(f"'{folder}' has no {agent} to start from: it has {agents}.")
    alike = [each for each in mazes if each == maze] or [each for each in mazes if _same(each, maze)] or mazes
    if len(alike) > 1:
        raise BadInput(f"'{folder}' has {agent} in {', '.join(alike)}: it must be one of them, or in {maze}.")
    return kept[alike[0], agent]


def _same(one: str, other: str) -> bool:
    """Whether two mazes differ in their reward and their number of training layouts alone."""
    if not (is_maze(one) and is_maze(other)):
        return False
    return parse_maze(one).environment == parse_maze(other).environment
