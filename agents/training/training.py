"""Training: learners in a maze, from the first random step to their evaluation.

Each learner has its own slots, layouts, replay, networks, bonus and random streams, all derived from (seed, its name):
its result does not depend on the others. A curve point is an evaluation on the training layouts; the last
evaluation is longer and made on held-out layouts too.
"""

import time
from collections.abc import Sequence

import numpy as np
import torch

from agents.dqn.agent_spec import parse_agent
from agents.dqn.dqn import DQN
from agents.dqn.settings import DQNSettings
from agents.mazes import has_held_out
from agents.mazes.vector import Mazes
from agents.training.evaluation import evaluate
from agents.training.results import Block, Checkpointer, LearnerResult, OnProgress, Progress
from agents.training.trained import Weights, weights_of
from explore.core.transitions import Transitions
from explore.errors import BadInput, checked_count

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
    schedule_steps: int | None = None,
    initial: Weights | None = None,
    keep_weights: bool = False,
    progress: OnProgress | None = None,
    checkpoints: Checkpointer | None = None,
) -> Block:
    """Train `learners` (their names) for `steps` environment steps each; BadInput where an argument is wrong.

    schedule_steps: the steps that schedules (ε, the bonus's decay) run over, at most `steps`; None: `steps`. Curve
    points are multiples of a twentieth of it, so that a training that goes on after `schedule_steps` ends as one that
    was that long from the start.
    initial: trained networks that the learners begin with (`DQN.start_from`), as `Block.weights` has them.
    `progress` is called after every vector step; an exception that it raises ends the training.
    `checkpoints` keeps the state from time to time and gives it back when the same training begins again, which then
    ends as if it had never stopped (in mazes on real MiniGrid every slot begins a new episode instead). The last state
    is kept too.
    """
    spec = parse_agent(agent)
    steps = checked_count("steps", steps)
    length = steps if schedule_steps is None else checked_count("schedule_steps", schedule_steps)
    if length > steps:
        raise BadInput(f"schedule_steps is {length}: it must be at most the number of steps, {steps}.")
    dqn = DQN(
        maze,
        bonus=spec.bonus,
        strategy=spec.strategy,
        network=spec.network,
        learners=learners,
        seed=seed,
        device=device,
        settings=settings,
    )
    if initial is not None:
        dqn.start_from(initial)
    on_invalid = dqn.settings.on_invalid
    names, slots, mazes = dqn.learners, dqn.settings.envs, dqn.env.vector
    if isinstance(mazes, Mazes):
        mazes.count_visits()
    started = time.perf_counter()
    evaluating = 0.0
    first_reward: list[int | None] = [None] * len(names)
    first_success: list[int | None] = [None] * len(names)
    curves: list[list[tuple[int, float]]] = [[] for _ in names]
    returns = np.full(len(names), np.nan)
    elapsed = 0.0  # seconds before this process began
    vector_steps = steps // slots
    points = {slots * round(length // slots * k / CURVE_POINTS) for k in range(1, CURVE_POINTS * steps // length + 1)}

    def on_step(transitions: Transitions) -> None:
        nonlocal evaluating, returns
        for first, met in ((first_reward, transitions.reward > 0), (first_success, dqn.env.success)):
            if met.any():
                for i in torch.nonzero(met.any(1)).flatten().tolist():
                    first[i] = dqn.steps if first[i] is None else first[i]
        if dqn.steps in points:
            before = time.perf_counter()
            refuse_infinite_values(dqn, agent)
            score = evaluate(
                dqn, maze, "train", CURVE_EPISODES, purpose=f"curve/{dqn.steps}", seed=seed, on_invalid=on_invalid
            )
            returns = score.returns
            for curve, value in zip(curves, returns.tolist(), strict=True):
                curve.append((dqn.steps, value))
            evaluating += time.perf_counter() - before
        if progress is not None:
            rewarded = sum(step is not None for step in first_reward)
            progress(Progress(dqn.steps, vector_steps * slots, returns, rewarded, began))
        if checkpoints is not None and (checkpoints.due() or dqn.steps == vector_steps * slots):
            checkpoints.save(
                dqn.steps,
                {
                    "dqn": dqn.state_dict(),
                    "first_reward": first_reward,
                    "first_success": first_success,
                    "curves": curves,
                    "returns": returns.tolist(),
                    "visits": torch.from_numpy(mazes.visits.copy()) if isinstance(mazes, Mazes) else None,
                    "elapsed": elapsed + time.perf_counter() - started,
                    "evaluating": evaluating,
                    "names_success": dqn.env.names_success,
                },
            )

    if checkpoints is not None and (state := checkpoints.load()) is not None:
        dqn.load_state_dict(state["dqn"])
        first_reward, first_success = state["first_reward"], state["first_success"]
        curves = [[(step, value) for step, value in curve] for curve in state["curves"]]
        returns, elapsed, evaluating = np.array(state["returns"]), state["elapsed"], state["evaluating"]
        dqn.env.names_success |= state.get("names_success", False)
        if isinstance(mazes, Mazes):
            mazes.visits[:] = state["visits"].numpy()
    began = dqn.steps
    if not dqn.steps:
        dqn.train(length, on_step)  # the schedules run over the steps of the first call
    if dqn.steps < vector_steps * slots:
        dqn.train(steps - dqn.steps, on_step)
    dqn.close()
    visits: list[list[list[int]]] = [[] for _ in names]
    if isinstance(mazes, Mazes):
        shape = (len(names), slots, mazes.layouts.width, mazes.layouts.height)
        visits = mazes.visits.reshape(shape).sum(1).tolist()
    training = elapsed + time.perf_counter() - started - evaluating
    train_score = evaluate(dqn, maze, "train", FINAL_EPISODES, purpose="final/train", seed=seed, on_invalid=on_invalid)
    held_out = None
    if isinstance(mazes, Mazes) and has_held_out(maze):
        held_out = evaluate(
            dqn, maze, "held-out", FINAL_EPISODES, purpose="final/held-out", seed=seed, on_invalid=on_invalid
        )
    return Block(
        maze=maze,
        agent=agent,
        steps=dqn.steps,
        seconds=elapsed + time.perf_counter() - started,
        steps_per_second=dqn.steps * len(names) / training,
        results=[
            LearnerResult(
                learner=name,
                train_return=float(train_score.returns[i]),
                train_success=float(train_score.success[i]) if dqn.env.names_success else None,
                held_out_return=None if held_out is None else float(held_out.returns[i]),
                held_out_success=None if held_out is None else float(held_out.success[i]),
                first_reward_step=first_reward[i],
                curve=curves[i],
                visits=visits[i],
                first_success_step=first_success[i],
            )
            for i, name in enumerate(names)
        ],
        weights=weights_of(dqn.agent) if keep_weights else {},
    )


def refuse_infinite_values(dqn: DQN, agent: str) -> None:
    """BadInput where a learner's target network holds NaN or infinity, from which it cannot recover."""
    finite = [tensor.detach().flatten(1).isfinite().all(1) for tensor in dqn.agent.target.parameters()]
    broken = (~torch.stack(finite).all(0)).nonzero().flatten().tolist()
    if broken:
        raise BadInput(
            f"the values of '{agent}' are not finite after {dqn.steps} steps (learner "
            f"{', '.join(str(dqn.learners[i]) for i in broken)}): its bonus returns NaN or infinity, or the "
            "learning rate is too high"
        )
