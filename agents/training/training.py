"""Training: learners in a maze, from the first random step to their evaluation.

Each learner has its own slots, layouts, replay, networks, bonus and random streams, all derived from (seed, its name):
its result is the same alone and in company. A curve point is an evaluation on the training layouts; the last
evaluation is longer and made on held-out layouts too.
"""

import time
from collections.abc import Sequence

import numpy as np
import torch

from agents.dqn.agent_spec import parse_agent
from agents.dqn.dqn import DQN
from agents.dqn.settings import DQNSettings
from agents.mazes import has_held_out, make
from agents.training.evaluation import evaluate, slot_seeds
from agents.training.learner_env import LearnerVectorEnv
from agents.training.observations import symbolic_space
from agents.training.results import Block, LearnerResult, OnProgress, Progress
from agents.training.trained import weights_of
from explore.errors import BadInput

CURVE_POINTS = 20  # evaluations in a run, and checks that the values are finite
CURVE_EPISODES = 16
FINAL_EPISODES = 100


def train(
    maze: str,
    agent: str,
    *,
    learners: Sequence[int],
    steps: int,
    seed: int,
    device: str = "cpu",
    settings: DQNSettings | None = None,
    keep_weights: bool = False,
    progress: OnProgress | None = None,
) -> Block:
    """Train `learners` (their names) for `steps` environment steps each; BadInput where an argument is wrong.

    `progress` is told after every vector step or so; an exception that it raises ends the training.
    """
    names = list(learners)
    spec = parse_agent(agent)
    chosen = settings or DQNSettings()
    if not names or len(set(names)) < len(names):
        raise BadInput(f"training needs learners with different names: got {names}.")
    if steps < chosen.envs:
        raise BadInput(f"{steps} steps are too few: at least {chosen.envs}, one in each environment slot.")
    seeds = slot_seeds(seed, "layouts", names, chosen.envs)
    mazes = make(maze, num_envs=len(seeds), seed=seeds)
    dqn = DQN(
        spec,
        symbolic_space(mazes.single_observation_space),
        mazes.layouts.actions,
        learners=names,
        horizon=steps,
        seed=seed,
        settings=chosen,
        device=device,
    )
    mazes.with_key = dqn.bonus is not None and dqn.bonus.needs_state_key
    mazes.count_visits()
    env = LearnerVectorEnv(mazes, len(names), device)
    started = time.perf_counter()
    evaluating = 0.0
    first_reward: list[int | None] = [None] * len(names)
    first_success: list[int | None] = [None] * len(names)
    curves: list[list[tuple[int, float]]] = [[] for _ in names]
    returns = np.full(len(names), np.nan)
    vector_steps = steps // chosen.envs
    points = {round(vector_steps * k / CURVE_POINTS) for k in range(1, CURVE_POINTS + 1)}
    for vector_step in range(1, vector_steps + 1):
        transitions = env.step(dqn.act(env.rows))
        dqn.observe(transitions)
        dqn.learn()
        for first, met in ((first_reward, transitions.reward > 0), (first_success, env.success)):
            for i in torch.nonzero(met.any(1)).flatten().tolist():
                if first[i] is None:
                    first[i] = dqn.steps
        if vector_step in points:
            before = time.perf_counter()
            refuse_infinite_values(dqn, agent)
            score = evaluate(dqn, maze, "train", CURVE_EPISODES, seed=seed, purpose=f"curve/{dqn.steps}")
            returns = score.returns
            for curve, value in zip(curves, returns.tolist(), strict=True):
                curve.append((dqn.steps, value))
            evaluating += time.perf_counter() - before
        if progress is not None:
            progress(Progress(dqn.steps, vector_steps * chosen.envs, returns, sum(f is not None for f in first_reward)))
    env.close()
    visits = mazes.visits.reshape(len(names), chosen.envs, mazes.layouts.width, mazes.layouts.height).sum(1)
    training = time.perf_counter() - started - evaluating
    train_score = evaluate(dqn, maze, "train", FINAL_EPISODES, seed=seed, purpose="final/train")
    held_out = None
    if has_held_out(maze):
        held_out = evaluate(dqn, maze, "held-out", FINAL_EPISODES, seed=seed, purpose="final/held-out")
    return Block(
        maze=maze,
        agent=agent,
        steps=dqn.steps,
        seconds=time.perf_counter() - started,
        steps_per_second=dqn.steps * len(names) / training,
        results=[
            LearnerResult(
                learner=name,
                train_return=float(train_score.returns[i]),
                train_success=float(train_score.success[i]),
                held_out_return=None if held_out is None else float(held_out.returns[i]),
                held_out_success=None if held_out is None else float(held_out.success[i]),
                first_reward_step=first_reward[i],
                curve=curves[i],
                visits=visits[i].tolist(),
                first_success_step=first_success[i],
            )
            for i, name in enumerate(names)
        ],
        weights=weights_of(dqn) if keep_weights else {},
    )


def refuse_infinite_values(dqn: DQN, agent: str) -> None:
    """BadInput where a learner's target network holds NaN or infinity, from which it cannot recover."""
    finite = [tensor.detach().flatten(1).isfinite().all(1) for tensor in dqn.target.parameters()]
    broken = (~torch.stack(finite).all(0)).nonzero().flatten().tolist()
    if broken:
        raise BadInput(
            f"the values of '{agent}' are not finite after {dqn.steps} steps (learner "
            f"{', '.join(str(dqn.learners[i]) for i in broken)}): its bonus returns NaN or infinity, or the "
            "learning rate is too high"
        )
