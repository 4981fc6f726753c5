"""The contract, for every built-in bonus: what holds whatever the formula."""

import io

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium.vector.utils import batch_space
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explore.core.plugins import BONUSES, make_bonus
from explore.core.transitions import Transitions
from explore.encoding.observations import Encoder

BUILT_IN = sorted(name for name in BONUSES.names() if BONUSES.get(name).__module__.startswith("explore."))
SMALL = {"hidden": 8, "features": 4, "memory": 30, "bits": 16, "models": 2}
DISCRETE, CONTINUOUS = gym.spaces.Discrete(3), gym.spaces.Box(-1, 1, (2,))
NUMBERS = gym.spaces.Box(-np.inf, np.inf, (3,))
SPACES = {
    "discrete": gym.spaces.Discrete(6),
    "numbers": NUMBERS,
    "picture": gym.spaces.Box(0, 255, (7, 6, 2), np.uint8),
    "categories": gym.spaces.MultiDiscrete([3, 2]),
    "dictionary": gym.spaces.Dict(a=gym.spaces.Discrete(4), b=gym.spaces.Box(-2, 2, (2,))),
    "tuple": gym.spaces.Tuple((gym.spaces.MultiBinary(3), gym.spaces.Discrete(3, start=2))),
}

every = pytest.mark.parametrize("name", BUILT_IN)


FORMULA = {"scale": "none", "first_visit": "false"}


def made(name, space, actions=DISCRETE, learners=2, envs=3, formula=False, small=SMALL, **others):
    """The bonus with small networks; `formula`: novelty alone, neither divided nor paid on first visits only."""
    kind = BONUSES.get(name).Settings.model_fields
    chosen = {key: value for key, value in small.items() if key in kind}
    if formula and name == "mix":
        chosen["bonuses"] = "+".join([f"count/{'/'.join(f'{k}={v}' for k, v in FORMULA.items())}", "first-visit"])
    elif formula:
        chosen |= FORMULA
    return make_bonus(
        ":".join([name, ",".join(f"{key}={value}" for key, value in chosen.items())]).rstrip(":"),
        space,
        actions,
        learners=learners,
        envs=envs,
        **others,
    )


def life(space, steps, learners=2, envs=3, seed=0, actions=DISCRETE, ends=0.2):
    """A life in `space`: each step begins where the last led, or anew after an end; learner l's is the same alone."""
    encoder = Encoder(space)
    names = list(range(learners)) if isinstance(learners, int) else learners
    lives = []
    for name in names:
        batch, random = batch_space(space, envs), np.random.default_rng([seed, name])
        action_batch = batch_space(actions, envs)
        batch.seed(1000 * seed + name)
        action_batch.seed(1000 * seed + name)
        now, episodic_factors = encoder.encode(batch.sample()), []
        for _ in range(steps):
            after, ended, cut = encoder.encode(batch.sample()), random.random(envs) < ends, random.random(envs) < 0.5
            episodic_factors.append((now, np.array(action_batch.sample()), after, ended & ~cut, ended & cut))
            now = np.where(ended[:, None], encoder.encode(batch.sample()), after)
        lives.append(episodic_factors)
    for step in range(steps):
        now, action, after, over, cut = (torch.from_numpy(np.stack(part)) for part in zip(*(t[step] for t in lives)))  # noqa: B905
        yield Transitions(now, action, torch.zeros(over.shape), after, over, cut)


def lived(bonus, steps):
    """What it paid for each step, having observed and learned it."""
    paid = []
    for step in steps:
        paid.append(bonus.score(step, bonus.observe(step)))
        bonus.learn(step)
    return torch.stack(paid)


def everything(bonus):
    """Its whole state as text and bytes, random streams and tables among it."""

    def episodic_factors(part):
        if isinstance(part, torch.Tensor):
            return part.detach().numpy().tobytes()
        if isinstance(part, np.ndarray):
            return part.tobytes()
        if isinstance(part, dict):
            return [(key, episodic_factors(value)) for key, value in part.items()]
        return [episodic_factors(each) for each in part] if isinstance(part, list | tuple) else repr(part)

    return episodic_factors(dict(bonus.state_dict()))


def test_all_that_is_installed_is_tried():
    assert {"count", "rnd", "icm", "disagreement", "ride", "noveld", "ngu", "e3b", "re3", "mix"} <= set(BUILT_IN)
    assert len(BUILT_IN) >= 15


@every
@pytest.mark.parametrize("space", SPACES.values(), ids=SPACES)
def test_shapes_types_and_pure_finite_bonuses_in_every_space(name, space):
    bonus = made(name, space)
    for step in life(space, 4):
        episodic = bonus.observe(step)
        assert episodic.shape[:2] == (2, 3)
        before, chance = everything(bonus), (torch.get_rng_state(), np.random.get_state()[1].tobytes())  # noqa: NPY002
        paid = bonus.score(step, episodic)
        assert (paid.dtype, paid.shape) == (torch.float32, (2, 3))
        assert paid.isfinite().all()
        assert (paid >= 0).all()
        assert torch.equal(paid, bonus.score(step, episodic))
        assert everything(bonus) == before
        assert all(loss.shape == (2,) and loss.isfinite().all() for loss in bonus.learn(step).values())
        assert torch.equal(chance[0], torch.get_rng_state())
        assert chance[1] == np.random.get_state()[1].tobytes()  # noqa: NPY002
    wide = next(life(space, 1, envs=7, seed=5))
    assert bonus.score(wide).shape == (2, 7)  # a batch from replay may have any size


@every
@pytest.mark.parametrize("fill", [0.0, 7.0, 1e30, -3e38])
def test_one_slot_of_constant_or_huge_observations_stays_finite(name, fill):
    bonus = made(name, NUMBERS, learners=1, envs=1)
    rows, no = torch.full((1, 1, 3), fill), torch.zeros(1, 1, dtype=torch.bool)
    step = Transitions(rows, no.long(), no.float(), rows, no, no)
    for _ in range(5):
        assert bonus.score(step, bonus.observe(step)).isfinite().all()
        assert all(loss.isfinite().all() for loss in bonus.learn(step).values())
    usual = next(life(NUMBERS, 1, learners=1, envs=1))
    assert bonus.score(usual, bonus.observe(usual)).isfinite().all()


@every
@pytest.mark.parametrize("space", [SPACES["numbers"], SPACES["dictionary"], SPACES["picture"]], ids=str)
def test_learners_are_independent(name, space):
    """A learner is the same alone, in company, and in any order; and the same again."""
    company = lived(made(name, space, learners=[0, 1, 2]), life(space, 8, 3))
    close = {"rtol": 1e-3, "atol": 1e-5}
    torch.testing.assert_close(lived(made(name, space, learners=[1]), life(space, 8, [1])), company[:, 1:2], **close)
    turned = lived(made(name, space, learners=[2, 0, 1]), life(space, 8, [2, 0, 1]))
    torch.testing.assert_close(turned, company[:, [2, 0, 1]], **close)
    assert torch.equal(lived(made(name, space, learners=3), life(space, 8, 3)), company)


@every
def test_what_one_learner_lives_never_moves_another(name):
    space = SPACES["numbers"]
    one, other = life(space, 15, 2), life(space, 15, [0, 7])
    mine, same = (lived(made(name, space), steps) for steps in (one, other))
    torch.testing.assert_close(mine[:, 0], same[:, 0], rtol=1e-4, atol=1e-6)


@every
@pytest.mark.parametrize("space", [SPACES["discrete"], SPACES["numbers"]], ids=["discrete", "numbers"])
def test_goes_on_from_its_state_as_if_nothing_had_happened(name, space):
    steps = list(life(space, 14))
    one, other = made(name, space), made(name, space, seed=9)
    lived(one, steps[:10])
    lived(other, steps[5:9])  # a life of its own, that the state must replace
    other.load_state_dict(one.state_dict())
    assert torch.equal(lived(one, steps[10:]), lived(other, steps[10:]))


@every
def test_state_is_read_without_code_and_goes_on_as_before(name):
    """Tensors and plain numbers alone: `torch.load` with its safe default."""
    steps, file = list(life(SPACES["dictionary"], 8)), io.BytesIO()
    one, other = made(name, SPACES["dictionary"]), made(name, SPACES["dictionary"], seed=9)
    lived(one, steps[:5])
    torch.save(one.state_dict(), file)
    file.seek(0)
    other.load_state_dict(torch.load(file, weights_only=True))
    assert torch.equal(lived(one, steps[5:]), lived(other, steps[5:]))


@every
def test_frozen_bonuses_keep_all_but_the_memory_of_the_episode(name):
    """What is paid for a transition without its factor stays to the last bit, whatever is lived meanwhile."""
    bonus, steps = made(name, SPACES["numbers"]), list(life(SPACES["numbers"], 12))
    lived(bonus, steps[:6])
    bonus.freeze()
    before = bonus.score(steps[0])
    lived(bonus, steps[6:])
    assert torch.equal(bonus.score(steps[0]), before)


@every
def test_networks_learn_from_what_the_bonus_says_alone(name):
    """From new transitions in `observe`, or from batches in `learn`, never from both."""
    space, kind = SPACES["numbers"], BONUSES.get(name).Settings.model_fields
    bonus, steps = made(name, space), list(life(space, 6))
    trained = [part for part in bonus.parameters() if part.requires_grad]
    if not trained:
        assert all(bonus.learn(step) == {} for step in steps)
        return

    def moved(act):
        before = [part.detach().clone() for part in trained]
        act()
        return not all(torch.equal(one, other) for one, other in zip(before, trained, strict=True))

    bonus.observe(steps[0])
    if name == "mix":
        return
    assert moved(lambda: bonus.observe(steps[1])) == (kind["learns_from"].default == "new")
    assert moved(lambda: bonus.learn(steps[2])) == (kind["learns_from"].default == "drawn")


@every
def test_the_bonus_falls_with_visits(name):
    """Of an arrival that is made again and again, once per episode, and of one that is made again within one."""
    space = SPACES["discrete"]
    per_episode = name not in {"first-visit", "episodic-count", "e3b", "ngu", "ride"}  # these pay every episode anew
    # Quick where the novelty is an error that is learnt away; features that it is read off stay nearly what they are.
    small = {**SMALL, "learning_rate": 0.01 if per_episode else 1e-5}
    bonus = made(name, space, learners=4, envs=1, formula=True, small=small)
    no, yes = torch.zeros(4, 1, dtype=torch.bool), torch.ones(4, 1, dtype=torch.bool)

    def step(before, after, ended):
        rows = [torch.full((4, 1, 1), place, dtype=torch.uint8) for place in (before, after)]
        return Transitions(rows[0], no.long(), no.float(), rows[1], yes if ended else no, no)

    for place in (2, 3, 4):  # something to compare with
        bonus.observe(step(0, place, True))
    first = bonus.score(step(0, 1, False), bonus.observe(step(0, 1, False)))
    for _ in range(120):
        again = bonus.score(step(0, 1, per_episode), bonus.observe(step(0, 1, per_episode)))
        bonus.learn(step(0, 1, False))
    assert (again < 0.6 * first).all()


@every
def test_only_the_slot_whose_episode_ended_begins_anew(name):
    """Slot 0 ends, slots 1 and 2 go on: what is paid next in them is as if slot 0 had not ended."""
    space = SPACES["discrete"]
    quiet = list(life(space, 8, 1, ends=0.0))
    factors = []
    for ended in (False, True):
        bonus = made(name, space, learners=1)
        for place, step in enumerate(quiet):
            flags = torch.tensor([[ended and place == 5, False, False]])
            episodic_factors = Transitions(
                step.observation, step.action, step.reward, step.next_observation, flags, flags & False
            )
            bonus.freeze(place > 5)  # what the slots share, as NGU's mean distance, keeps still
            factors.append(bonus.observe(episodic_factors))
    alive, ended = torch.stack(factors[:8]), torch.stack(factors[8:])
    torch.testing.assert_close(alive[:6], ended[:6])
    torch.testing.assert_close(alive[6:, :, 1:], ended[6:, :, 1:])
    if name in {"e3b", "ngu"}:
        assert not torch.equal(alive[6:, :, 0], ended[6:, :, 0])


@every
def test_the_first_observation_of_an_episode_is_no_successor_of_the_last(name):
    """What follows an end may be anything: the step that ended is worth what it was, ended or cut off."""
    space = SPACES["discrete"]
    steps = list(life(space, 6, ends=0.0))
    paid = []
    for terminated, truncated in ((True, False), (False, True)):
        bonus = made(name, space)
        flags = [torch.full((2, 3), flag) for flag in (terminated, truncated)]
        *before, last = steps
        lived(bonus, before)
        episodic_factors = Transitions(last.observation, last.action, last.reward, last.next_observation, *flags)
        paid.append(bonus.score(episodic_factors, bonus.observe(episodic_factors)))
        assert bonus.episode_start.all()
    assert torch.equal(*paid)


@pytest.mark.parametrize("name", ["icm", "disagreement", "ride", "ngu", "e3b"])
def test_continuous_actions(name):
    paid = lived(made(name, NUMBERS, CONTINUOUS), life(NUMBERS, 6, actions=CONTINUOUS))
    assert paid.isfinite().all()
    assert (paid[-1] > 0).any()


leaf = st.one_of(
    st.builds(gym.spaces.Discrete, st.integers(1, 300), start=st.integers(-3, 3)),
    st.builds(gym.spaces.MultiDiscrete, st.lists(st.integers(1, 6), min_size=1, max_size=3)),
    st.builds(gym.spaces.MultiBinary, st.integers(1, 4)),
    st.builds(lambda shape: gym.spaces.Box(-2, 2, shape), st.lists(st.integers(1, 4), min_size=1, max_size=2)),
    st.builds(lambda h, w, c: gym.spaces.Box(0, 255, (h, w, c), np.uint8), *[st.integers(1, 9)] * 2, st.integers(1, 3)),
)
space = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=2).map(gym.spaces.Tuple),
        st.dictionaries(st.sampled_from("ab"), inner, min_size=1).map(gym.spaces.Dict),
    ),
    max_leaves=3,
)


@given(st.sampled_from(BUILT_IN), space, st.integers(1, 3), st.integers(1, 4), st.integers(0, 99))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_space_and_any_shape(name, space, learners, envs, seed):
    """One learner of several, alone: the same bonuses, finite, of the right shape."""
    episodic_factors = lived(made(name, space, learners=learners, envs=envs), life(space, 3, learners, envs, seed))
    assert episodic_factors.shape == (3, learners, envs)
    assert episodic_factors.isfinite().all()
    last = [learners - 1]
    alone = lived(made(name, space, learners=last, envs=envs), life(space, 3, last, envs, seed))
    torch.testing.assert_close(alone, episodic_factors[:, last], rtol=1e-3, atol=1e-5)
