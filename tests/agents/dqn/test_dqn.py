"""The DQN in environments: values of a hand-solved problem, saved states, and what a bonus of weight zero changes."""

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from agents.dqn.dqn import DQN
from agents.dqn.settings import DQNSettings
from agents.mazes import make
from agents.training.observations import symbolic_space
from agents.training.trained import weights_of
from explore.core.plugins import make_bonus, make_strategy
from explore.errors import BadInput

MAZE = "MiniGrid-DoorKey-5x5-v0"
SMALL = {"hidden": (16, 16), "batch": 8, "warmup": 32, "capacity": 800, "weights": (0.0, 0.0, 0.5, 1.0)}


class Line(gym.Env[Any, Any]):
    """States 0 … 4, the actions 3 (left) and 4 (right); arriving at state 4 pays 1 and terminates; 50 steps at most."""

    observation_space = gym.spaces.Discrete(5)
    action_space = gym.spaces.Discrete(2, start=3)

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[int, dict[str, Any]]:
        super().reset(seed=seed)
        self.state, self.time = int(self.np_random.integers(4)), 0
        return self.state, {}

    def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
        assert action in (3, 4)  # as the space says
        self.time += 1
        self.state = max(0, self.state + (1 if action == 4 else -1))
        goal = self.state == 4
        return self.state, float(goal), goal, self.time >= 50, {}


def lines(slots: int) -> SyncVectorEnv:
    return SyncVectorEnv([Line] * slots, autoreset_mode=AutoresetMode.SAME_STEP)


def states(agent: DQN) -> list[torch.Tensor]:
    """All that training has made: networks, moments, replay."""
    backend, replay = agent.agent.backend.state_dict(), agent.agent.replay.state_dict()["parts"]
    tensors = [*backend["network"].values(), *backend["target"].values(), *backend["exp_avg"], *backend["exp_avg_sq"]]
    return tensors + [replay[name] for name in sorted(replay) if name != "episodic"]


def same(one: DQN, other: DQN) -> bool:
    return all(torch.equal(a, b) for a, b in zip(states(one), states(other), strict=True))


def line_values(n_step: int, discount: float) -> np.ndarray:
    """Q `(4, 2)` of the line: the given action, n − 1 uniformly random ones, then the best, by iteration."""
    values = np.zeros((4, 2))

    def ahead(state: int, steps: int) -> float:
        if steps == 0:
            return float(values[state].max())
        return (taken(state, 0, steps - 1) + taken(state, 1, steps - 1)) / 2

    def taken(state: int, action: int, steps: int) -> float:
        following = max(0, state + 2 * action - 1)
        return 1.0 if following == 4 else discount * ahead(following, steps)

    for _ in range(100):
        values = np.array([[taken(state, action, n_step - 1) for action in (0, 1)] for state in range(4)])
    return values


@pytest.mark.parametrize("n_step", [1, 3])
def test_the_values_of_a_hand_solved_problem_are_reached(n_step: int) -> None:
    """With one step they are those of the best policy: Q(s, right) = γ^(3 − s)."""
    np.testing.assert_allclose(line_values(1, 0.8)[:, 1], 0.8 ** np.arange(3, -1, -1))
    settings = {**SMALL, "batch": 32, "n_step": n_step, "discount": 0.8, "learning_rate": 2e-3, "target_rate": 0.05}
    dqn = DQN(lines(8), strategy="epsilon-greedy:end=1", learners=2, settings=settings, seed=1)
    dqn.train(4000)
    rows = torch.arange(4, dtype=torch.uint8).view(1, 4, 1).expand(2, 4, 1)
    expected = np.tile(line_values(n_step, 0.8), (2, 1, 1))
    np.testing.assert_allclose(dqn.greedy_values(rows).numpy(), expected, atol=0.1)
    assert dqn.act(np.tile(np.arange(4), 2)).tolist() == [4] * 8  # actions as the environment names them
    score = dqn.evaluate(lines(20), epsilon=0.0)
    assert score.returns.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("parts", "changed"),
    [
        ({"bonus": "count"}, {}),
        ({"bonus": "rnd", "strategy": "epsilon-z-greedy"}, {"priority": 0.6}),
        ({"network": "bootstrapped", "bonus": "icm"}, {"n_step": 1}),
        ({"network": "noisy", "strategy": "ucb"}, {"dueling": True}),
    ],
)
def test_saved_loaded_and_gone_on_is_never_stopped(parts: Any, changed: Any, tmp_path: Any) -> None:
    """Bit for bit, in a compiled maze, also after the replay has come round."""
    made = [DQN(MAZE, learners=[2, 5], settings={**SMALL, **changed}, seed=3, **parts) for _ in range(2)]
    made[0].train(1200)
    made[0].save(tmp_path / "agent.pt")
    made[0].train(400)
    made[1].train(100)  # what it learned is replaced
    made[1].load(tmp_path / "agent.pt")
    assert made[1].steps == 1200
    assert not same(*made)
    made[1].train(400)
    assert same(*made)
    assert torch.equal(made[0].env.rows, made[1].env.rows)


@pytest.mark.parametrize("backend", ["compiled", "torch"])
def test_a_dqn_starts_from_trained_networks_by_the_names_of_its_learners(backend: Any) -> None:
    trained = DQN(MAZE, bonus="count", learners=[3, 8], seed=1, settings=SMALL, backend=backend)
    trained.train(400)
    weights = weights_of(trained.agent)
    new = DQN(f"{MAZE}:reward_scale=0", bonus="count", learners=[8], seed=2, settings=SMALL, backend=backend)
    before = states(new)
    new.start_from(weights)
    rows = new.env.rows
    both = torch.cat([rows, rows])
    torch.testing.assert_close(new.greedy_values(rows)[0], trained.greedy_values(both)[1])
    torch.testing.assert_close(new.agent.backend.values(rows), new.agent.backend.target(rows).detach())
    networks = 2 * len(new.agent.network.state_dict())
    for mine, fresh in zip(states(new)[networks:], before[networks:], strict=True):  # moments and replay
        torch.testing.assert_close(mine, fresh, equal_nan=True)
    new.train(400)
    assert new.steps == 400
    torch.testing.assert_close(weights["state"], weights_of(trained.agent)["state"], rtol=0, atol=0)  # a copy


def test_networks_that_do_not_fit_are_refused() -> None:
    weights = weights_of(DQN(MAZE, bonus="count", learners=2, settings=SMALL).agent)
    for arguments, message in (
        ({"bonus": "count", "learners": 3}, r"of learners \[0, 1\]: 2 is missing"),
        ({"learners": 2}, "do not fit.*a bonus has one of its own"),
        ({"bonus": "count", "learners": 2, "settings": {**SMALL, "hidden": (8, 16)}}, "hidden layers"),
        ({"bonus": "count", "learners": 2, "settings": {**SMALL, "layer_norm": False}}, "do not fit"),
    ):
        with pytest.raises(BadInput, match=message):
            DQN(MAZE, **{"settings": SMALL, **arguments}).start_from(weights)
    late = DQN(MAZE, bonus="count", learners=2, settings=SMALL)
    late.train(8)
    with pytest.raises(BadInput, match="has taken 8 steps"):
        late.start_from(weights)


def test_elsewhere_loading_begins_new_episodes_and_no_sequence_crosses_them(tmp_path: Any) -> None:
    one, other = (DQN("CartPole-v1", bonus="count", learners=1, settings=SMALL, seed=3) for _ in range(2))
    one.train(200)
    one.save(tmp_path / "agent.pt")
    other.load(tmp_path / "agent.pt")
    held = other.agent.replay.state_dict()["parts"]
    assert (held["truncated"] | held["terminated"])[:, :, -1].all()
    assert other.agent.bonus is not None
    assert other.agent.bonus.episode_start.all()
    other.train(200)


def test_a_bonus_of_weight_zero_reproduces_the_plain_agent_bit_for_bit() -> None:
    """Networks, optimiser, actions and replay."""
    plain, weightless = (DQN(MAZE, bonus=bonus, learners=2, settings=SMALL) for bonus in (None, "count:beta=0"))
    paid = DQN(MAZE, bonus="count:beta=0.1", learners=2, settings={**SMALL, "heads": "joint"})
    for agent in (plain, weightless, paid):
        agent.train(400)
    assert same(plain, weightless)
    assert not same(plain, paid)


def test_parts_may_be_objects() -> None:
    """They give what their spec strings give."""
    by_spec = DQN(MAZE, bonus="count:beta=0.1", strategy="boltzmann", learners=2, settings=SMALL)
    space, actions = by_spec.env.space, gym.spaces.Discrete(7)
    objects = {
        "bonus": make_bonus("count:beta=0.1", space, actions, learners=2, envs=4, seed=0),
        "strategy": make_strategy("boltzmann", 7, learners=2, envs=4),
    }
    by_object = DQN(MAZE, learners=2, settings=SMALL, **objects)
    for agent in (by_spec, by_object):
        agent.train(200)
    assert same(by_spec, by_object)


def test_a_bonus_for_other_spaces_is_refused() -> None:
    """Of the same width, so that nothing else would tell."""
    maze = make(MAZE, 4)
    read = symbolic_space(maze.single_observation_space)
    for space, actions, message in (
        (maze.single_observation_space, 7, "for other observations than the DQN reads: make it for the space that"),
        (gym.spaces.Box(-1, 1, (148,)), 7, "for other observations"),
        (read, 3, r"for actions in Discrete\(3\): make it for Discrete\(7\)"),
    ):
        bonus = make_bonus("rnd", space, gym.spaces.Discrete(actions), envs=4)
        with pytest.raises(BadInput, match=message):
            DQN(MAZE, bonus=bonus, learners=1, settings=SMALL)


def test_a_state_of_other_mazes_is_refused(tmp_path: Any) -> None:
    mazes = [MAZE, "MiniGrid-Empty-5x5-v0", f"{MAZE}:train_layouts=3"]
    agents = [DQN(make(maze, 4), learners=1, settings=SMALL) for maze in mazes]
    agents[0].train(8)
    agents[0].save(tmp_path / "agent.pt")
    for other in agents[1:]:
        with pytest.raises(BadInput, match="is of a DQN with environment"):
            other.load(tmp_path / "agent.pt")
    again = DQN(make(MAZE, 4), learners=1, settings=SMALL)
    again.load(tmp_path / "agent.pt")
    assert again.steps == 8


def test_alone_as_in_company_exactly() -> None:
    company = DQN(MAZE, bonus="count", learners=[0, 3], settings=SMALL)
    alone = DQN(MAZE, bonus="count", learners=[3], settings=SMALL)
    for agent in (company, alone):
        agent.train(400)
    for together, mine in zip(states(company), states(alone), strict=True):
        assert torch.equal(together[1:], mine)


def test_small_images_are_learned_from() -> None:
    class Picture(gym.Env[Any, Any]):
        observation_space = gym.spaces.Box(0, 255, (6, 6, 1), np.uint8)
        action_space = gym.spaces.Discrete(2)

        def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
            super().reset(seed=seed)
            self.lit = int(self.np_random.integers(2))
            return self._seen(), {}

        def step(self, action: int) -> Any:
            return self._seen(), float(action == self.lit), True, False, {}

        def _seen(self) -> Any:
            return np.full((6, 6, 1), 255 * self.lit, dtype=np.uint8)

    vector = SyncVectorEnv([Picture] * 4, autoreset_mode=AutoresetMode.SAME_STEP)
    dqn = DQN(vector, learners=1, settings={**SMALL, "learning_rate": 3e-3, "target_rate": 0.1})
    dqn.train(1200)
    pictures = np.stack([np.zeros((6, 6, 1), np.uint8), np.full((6, 6, 1), 255, np.uint8)])
    assert dqn.act(pictures).tolist() == [0, 1]


def test_bad_input(tmp_path: Any) -> None:
    with pytest.raises(BadInput, match="different names"):
        DQN(MAZE, learners=[1, 1])
    with pytest.raises(BadInput, match="has 6 slots: 2 learners with 4 each need 8"):
        DQN(make(MAZE, 6), learners=2, settings=SMALL)
    with pytest.raises(BadInput, match="unknown setting 'nstep'"):
        DQN(MAZE, settings={"nstep": 3})
    with pytest.raises(BadInput, match="unknown bonus 'coutn'"):
        DQN(MAZE, bonus="coutn", learners=1, settings=SMALL)
    with pytest.raises(BadInput, match="needs discrete actions"):
        DQN("Pendulum-v1", learners=1, settings=SMALL)
    with pytest.raises(BadInput, match="SAME_STEP"):
        DQN(SyncVectorEnv([Line] * 4), learners=1, settings=SMALL)
    dqn = DQN(lines(4), learners=1, settings=SMALL)
    with pytest.raises(BadInput, match="3 steps are too few"):
        dqn.train(3)
    with pytest.raises(BadInput, match="give evaluate one"):
        dqn.evaluate()
    with pytest.raises(BadInput, match="there is no file"):
        dqn.load(tmp_path / "none.pt")
    (tmp_path / "text.pt").write_text("hello")
    with pytest.raises(BadInput, match="is not a saved DQN"):
        dqn.load(tmp_path / "text.pt")
    dqn.save(tmp_path / "agent.pt")
    other = DQN(lines(4), learners=1, settings=DQNSettings(**{**SMALL, "n_step": 5}))
    with pytest.raises(BadInput, match="DQN with settings"):
        other.load(tmp_path / "agent.pt")


class Failing(gym.Env[Any, Any]):
    """A line of ten places whose sensor returns NaN in a third of the steps; then the reward is `paid`."""

    observation_space = gym.spaces.Box(-np.inf, np.inf, (1,), np.float32)
    action_space = gym.spaces.Discrete(2)

    def __init__(self, paid: float = 0.0, garbage: float = np.nan) -> None:
        self.paid, self.garbage = paid, garbage

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.state, self.time = 0, 0
        self.failed = False
        return self._seen(), {}

    def step(self, action: int) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self.time += 1
        self.state = max(0, self.state + (1 if action else -1))
        failed, goal = self.failed, self.state == 9
        seen = self._seen()
        reward = self.paid if failed or self.failed else float(goal)
        return seen, reward, goal, self.time >= 30, {}

    def _seen(self) -> Any:
        self.failed = bool(self.np_random.random() < 1 / 3)
        return np.array([self.garbage if self.failed else self.state], np.float32)


@pytest.mark.parametrize("more", [{}, {"bonus": "rnd"}, {"bonus": "count+ngu"}, {"settings": {"priority": 0.6}}])
def test_skipped_steps_leave_no_trace_in_the_agent(more: dict[str, Any]) -> None:
    """Whatever stands in an observation that is not finite, and whatever was paid for the steps to and from it."""
    trained = []
    for paid, garbage in ((0.0, np.nan), (1000.0, np.inf)):
        settings = SMALL | {"on_invalid": "skip", "n_step": 3} | more.get("settings", {})
        bonus = "mix:bonuses=" + more["bonus"] if "+" in more.get("bonus", "") else more.get("bonus")
        vector = SyncVectorEnv([lambda p=paid, g=garbage: Failing(p, g)] * 8, autoreset_mode=AutoresetMode.SAME_STEP)
        vector.reset(seed=1)
        agent = DQN(vector, bonus=bonus, learners=2, settings=settings)
        agent.train(240)
        trained.append(agent.agent.backend.state_dict()["network"])
    assert all(tensor.isfinite().all() for tensor in trained[0].values())
    assert all(torch.equal(tensor, trained[1][name]) for name, tensor in trained[0].items())


def test_an_agent_that_skips_learns_and_is_evaluated_where_it_is_refused_by_default() -> None:
    vector = SyncVectorEnv([Failing] * 8, autoreset_mode=AutoresetMode.SAME_STEP)
    with pytest.raises(BadInput, match="is not finite in float32: correct the environment, or leave such observations"):
        DQN(vector, learners=2, settings=SMALL).train(240)
    agent = DQN(vector, learners=2, settings=SMALL | {"on_invalid": "skip"})
    agent.train(240)
    held = agent.agent.replay.state_dict()["parts"]["valid"].float().mean().item()
    assert 0.3 < held < 0.6  # both ends of a step are finite in (2/3)² of them
    assert np.isfinite(agent.evaluate(vector).returns).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"env": None}, "env is None: give an id"),
        ({"bonus": 5}, "bonus is 5: give a spec string, or an object"),
        ({"strategy": 0.1}, "strategy is 0.1: give a spec string"),
        ({"network": 5}, "network is 5: give a spec string."),
        ({"device": "gpu"}, "unknown device 'gpu': did you mean 'cpu'"),
        ({"device": None}, "device None: give 'cpu', 'cuda' or 'cuda:0'"),
        ({"device": "cuda:x"}, "unknown device 'cuda:x'"),
        ({"settings": {"hidden": (128, 0)}}, "hidden"),
    ],
)
def test_arguments_of_another_type_are_named(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        DQN(**{"env": MAZE, "learners": 1, "settings": SMALL, **arguments})


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_device_that_is_not_there_is_named() -> None:
    with pytest.raises(BadInput, match="finds no CUDA device here; use cpu"):
        DQN(MAZE, learners=1, device="cuda")


def test_what_a_trained_agent_is_asked_is_checked(tmp_path: Any) -> None:
    agent = DQN(MAZE, learners=1, settings=SMALL)
    for epsilon in (None, "0.1", True, float("nan"), 2):
        with pytest.raises(BadInput, match=r"epsilon is .*: it must be a number from 0 to 1"):
            agent.evaluate(episodes=1, epsilon=epsilon)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="layouts is None: give 'train', 'held-out'"):
        agent.evaluate(episodes=1, layouts=None)  # type: ignore[arg-type]
    for path in (None, 5):
        for call in (agent.save, agent.load):
            with pytest.raises(BadInput, match="is not a path"):
                call(path)  # type: ignore[arg-type]
    for path in (tmp_path, tmp_path / "missing" / "agent.pt"):
        with pytest.raises(BadInput, match="cannot be saved as"):
            agent.save(path)
    assert list(tmp_path.parent.glob("*.draft")) == []


def test_observations_of_a_maze_that_are_none_are_named() -> None:
    agent = DQN(MAZE, learners=1, settings=SMALL)
    view = {"image": np.zeros((1, 7, 7, 3), np.uint8), "direction": np.zeros(1, np.int64)}
    assert agent.act({**view, "mission": "text that this space leaves out"}).shape == (1,)
    for observation, message in (
        (None, "not None"),
        (np.zeros((1, 147)), r"not an array of shape \(1, 147\)"),
        ({"image": view["image"]}, "not one of image"),
        ({**view, "image": None}, "are not numbers"),
        ({**view, "image": np.full((1, 7, 7, 3), np.nan)}, "nan"),
        ({**view, "image": np.full((1, 7, 7, 3), 1.7)}, "1.7"),
        ({**view, "direction": np.array([256])}, "256"),
        ({**view, "direction": np.zeros(2, np.int64)}, "differ in number: 1, 2"),
        ({**view, "image": np.zeros((1, 5, 5, 3), np.uint8)}, r"shape \(76,\)"),
    ):
        with pytest.raises(BadInput, match=message):
            agent.act(observation)
