"""What all bonuses share: scale, decay, first visits, training, clip, freezing, and what does not count."""

import gymnasium as gym
import numpy as np
import pytest
import torch

from explore.core.bonus import Bonus
from explore.core.plugins import make_bonus
from explore.core.transitions import Transitions
from explore.errors import BadInput

SPACES = (gym.spaces.Discrete(9), gym.spaces.Discrete(2))


class Place(Bonus):
    """Pays the number of the state arrived at."""

    def novelty(self, transitions):
        return transitions.next_observation[..., 0].float()

    def train_step(self, transitions):
        assert torch.is_grad_enabled()
        self.trained = [*getattr(self, "trained", []), transitions.mask.tolist()]
        return {"loss": torch.zeros(self.learners)}


def test_order_of_scale_clip_factor_and_beta(moves):
    bonus = Place(*SPACES, envs=2, beta=0.5, clip=3, scale="none")
    paid = bonus.score(moves([[0, 0]], [[2, 8]]), torch.tensor([[0.5, 0.25]]))
    assert paid.tolist() == [[0.5 * 2 * 0.5, 0.5 * 3 * 0.25]]


def test_novelty_is_asked_only_of_transitions_that_pay(moves):
    """A factor of 0 pays 0 whatever the novelty; the scale, without factors, takes in all."""
    asked = []

    class Asked(Place):
        def novelty(self, transitions):
            asked.append(transitions.mask.tolist())
            return super().novelty(transitions).masked_fill(~transitions.mask, torch.nan)

    bonus, steps = Asked(*SPACES, envs=3, beta=1, scale="none"), moves([[0, 0, 0]], [[2, 8, 5]])
    factor = torch.tensor([[0.5, 0.0, 1.0]])
    assert bonus.score(steps, factor).tolist() == [[1.0, 0.0, 5.0]]
    assert bonus.score(moves([[0, 0, 0]], [[2, 8, 5]], valid=[[False, True, True]]), factor).tolist() == [[0, 0, 5.0]]
    assert bonus.score(steps).tolist() == [[2.0, 8.0, 5.0]]
    assert asked == [[[True, False, True]], [[False, False, True]], [[True, True, True]]]


def test_normalised_by_the_discounted_stream(moves):
    bonus = Place(*SPACES, envs=2, beta=1, scale="rnd", first_visit=False, discount=0.5)
    bonus.observe(moves([[0, 0]], [[1, 3]]))
    bonus.observe(moves([[1, 3]], [[2, 0]]))
    expected = np.std([1, 3, 2.5, 1.5])
    assert bonus.score(moves([[0]], [[4]])).item() == pytest.approx(4 / expected)


def test_idle_rows_are_no_steps_and_do_not_begin_their_episode(moves):
    bonus = Place(*SPACES, learners=1, envs=2)
    bonus.observe(moves([[0, 0]], [[1, 1]], ended=[[True, False]]))
    bonus.observe(moves([[0, 0]], [[1, 1]], valid=[[False, True]]))
    assert bonus.steps.tolist() == [3]
    assert bonus.episode_start.tolist() == [[True, False]]


def test_frozen_keeps_steps_and_scale_and_learns_nothing(moves):
    bonus = Place(*SPACES)
    assert "loss" in bonus.learn(moves([[0]], [[1]]))
    bonus.freeze()
    before = {name: value.clone() for name, value in bonus.named_buffers() if name != "episode_start"}
    bonus.observe(moves([[0]], [[5]]))
    assert all(torch.equal(dict(bonus.named_buffers())[name], value) for name, value in before.items())
    assert bonus.learn(moves([[0]], [[1]])) == {}
    bonus.freeze(False)
    bonus.observe(moves([[0]], [[5]]))
    assert bonus.steps.item() == 1


@pytest.mark.parametrize(
    ("wrong", "message"), [({"beta": -1}, "beta"), ({"bet": 1}, "'beta'"), ({"envs": 0}, "at least 1")]
)
def test_wrong_settings_are_refused(wrong, message):
    with pytest.raises(BadInput, match=message):
        Place(*SPACES, **wrong)


def test_transitions_select_and_ends(moves):
    step = moves([[0, 1], [2, 3]], [[1, 2], [3, 4]], ended=[[True, False], [False, False]])
    assert step.ended.tolist() == [[True, False], [False, False]]
    swapped = step.select(torch.tensor([1, 0]))
    assert swapped.observation[..., 0].tolist() == [[2, 3], [0, 1]]
    assert swapped.valid is None


@pytest.mark.parametrize("unit", [1e-3, 1.0, 1e4])
def test_beta_is_what_an_average_step_pays_whatever_the_unit_of_novelty(moves, unit):
    class Scaled(Place):
        def novelty(self, transitions):
            return super().novelty(transitions) * unit

    bonus, random = Scaled(*SPACES, learners=2, envs=4, beta=0.3, first_visit=False), np.random.default_rng(0)
    paid = []
    for _ in range(400):
        step = moves(random.integers(9, size=(2, 4)).tolist(), random.integers(1, 9, size=(2, 4)).tolist())
        paid.append(bonus.score(step, bonus.observe(step)))
    assert torch.stack(paid[20:]).mean().item() == pytest.approx(0.3, rel=0.03)
    assert bonus.scale.divisor.tolist() == pytest.approx([4.5 * unit] * 2, rel=0.05)


def test_learners_have_scales_of_their_own(moves):
    bonus = Place(*SPACES, learners=2, envs=1, beta=1)
    step = moves([[0], [0]], [[2], [8]])
    assert bonus.score(step, bonus.observe(step)).tolist() == [[1], [1]]


def test_first_visits_pay_once_per_episode_and_slot_in_any_bonus(moves):
    bonus, plain = Place(*SPACES, envs=2), Place(*SPACES, envs=2, first_visit=False)
    path = [
        ([[0, 5]], [[1, 1]], [[False, False]], [[1, 1]]),
        ([[1, 1]], [[0, 2]], [[False, False]], [[0, 1]]),  # slot 0 is back where its episode began
        ([[0, 2]], [[1, 1]], [[True, False]], [[0, 0]]),
        ([[7, 1]], [[1, 1]], [[False, False]], [[1, 0]]),  # only slot 0 began anew
    ]
    for before, after, ended, factor in path:
        step = moves(before, after, ended=ended)
        assert bonus.observe(step).tolist() == factor
        assert plain.observe(step).tolist() == [[1, 1]]


def test_half_life_is_the_users_or_the_agents_or_none(moves):
    step = moves([[0]], [[1]])
    for setting, default, expected in ((None, 0, 1), (None, 4, 0.5), (2, 4, 0.25), (0, 4, 1), ("none", 4, 0.5)):
        bonus = Place(*SPACES, beta=1, half_life=setting)
        bonus.default_half_life = default
        for _ in range(4):
            bonus.observe(step)
        assert bonus.beta.item() == pytest.approx(expected)


def test_networks_are_trained_on_new_transitions_once_each_or_on_drawn_batches(moves):
    new, drawn = (Place(*SPACES, learns_from=how) for how in ("new", "drawn"))
    step, batch = moves([[0]], [[1]]), moves([[0, 0, 0]], [[1, 2, 3]])
    for bonus in (new, drawn):
        bonus.observe(step)
        bonus.learn(batch)
    assert new.trained == [[[True]]]
    assert drawn.trained == [[[True, True, True]]]
    assert new.learn(batch) == {}
    assert "loss" in drawn.learn(batch)
    assert "loss" in new.last_losses


def test_frozen_trains_nothing_and_moves_no_scale(moves):
    bonus = Place(*SPACES, learns_from="new")
    bonus.observe(moves([[0]], [[4]]))
    bonus.freeze()
    bonus.observe(moves([[0]], [[8]]))
    assert len(bonus.trained) == 1
    assert bonus.scale.divisor.item() == 4


def test_idle_rows_pay_nothing_teach_nothing_and_move_no_scale(moves):
    class Careless(Place):
        """Returns NaN for idle rows, and knows nothing of them."""

        def novelty(self, transitions):
            return super().novelty(transitions).masked_fill(~transitions.mask, torch.nan)

        def episodic_factor(self, transitions):
            return torch.full_like(transitions.reward, 0.5).masked_fill(~transitions.mask, torch.nan)

    bonus = Careless(*SPACES, envs=2, beta=1)
    step = moves([[0, 0]], [[4, 7]], valid=[[True, False]])
    episodic = bonus.observe(step)
    assert episodic.tolist() == [[0.5, 0]]
    assert bonus.score(step, episodic).tolist() == [[0.5, 0]]
    assert bonus.scale.divisor.item() == 4


def test_transitions_that_terminate_can_be_left_out(moves):
    kept, left_out = (Place(*SPACES, envs=2, beta=1, terminal=flag, learns_from="new") for flag in (True, False))
    step = moves([[0, 0]], [[2, 8]], ended=[[False, True]])
    for bonus, scale, paid in ((kept, 5, [[0.4, 1.6]]), (left_out, 2, [[1, 0]])):
        torch.testing.assert_close(bonus.score(step, bonus.observe(step)), torch.tensor(paid).float())
        assert bonus.scale.divisor.item() == scale
        assert bonus.steps.item() == 2
        assert bonus.episode_start.tolist() == [[False, True]]
    assert left_out.trained == [[[True, False]]]
    assert left_out.observe(moves([[2, 3]], [[3, 4]])).tolist() == [[1, 1]]


def test_the_warm_up_sets_statistics_alone(moves):
    class Watching(Place):
        def update_statistics(self, transitions):
            self.watched = getattr(self, "watched", 0) + 1

    bonus = Watching(*SPACES, envs=2, beta=1, warmup=4, learns_from="new", first_visit=False)
    step = moves([[0, 0]], [[2, 4]])
    for paid in ([[0, 0]], [[0, 0]], [[2, 4]], [[2 / 3, 4 / 3]]):
        torch.testing.assert_close(bonus.score(step), torch.tensor(paid).float())
        bonus.observe(step)
    assert bonus.watched == 4
    assert bonus.scale.steps.item() == 2  # the first two vector steps were the warm-up
    assert [any(map(any, mask)) for mask in bonus.trained] == [True, True]  # not trained during the warm-up


@pytest.mark.parametrize(("name", "learns"), [("rnd", "observe"), ("icm", "learn")])
def test_no_network_is_trained_during_the_warm_up(name, learns):
    """Nor does Adam count its steps: the first real one would be three times as large."""
    space = gym.spaces.MultiDiscrete([4, 3])
    bonuses = [make_bonus(f"{name}:warmup={warmup}", space, gym.spaces.Discrete(2), envs=2) for warmup in (0, 6)]
    random = torch.Generator().manual_seed(0)
    no = torch.zeros(1, 2, dtype=torch.bool)
    moved = [[], []]
    for _ in range(5):
        rows = [torch.randint(0, 3, (1, 2, 2), generator=random).byte() for _ in range(2)]
        step = Transitions(rows[0], no.long(), no.float(), rows[1], no, no)
        for bonus, sizes in zip(bonuses, moved, strict=True):
            before = [part.clone() for part in bonus.parameters()]
            bonus.observe(step)
            if learns == "learn":
                bonus.learn(step)
            moves = [(part - old).abs().max().item() for part, old in zip(bonus.parameters(), before, strict=True)]
            sizes.append(max(moves))
    first, late = moved
    waits = 3 if learns == "observe" else 2  # `learn` comes after the third step was observed
    assert late[:waits] == [0] * waits
    assert late[waits] == pytest.approx(first[0], rel=0.05)  # Adam's first step, of the size of the learning rate


@pytest.mark.parametrize("name", ["first-visit", "mix:bonuses=first-visit", "mix:bonuses=e3b"])
def test_bonuses_within_a_bonus_are_told_of_episodes_that_begin(name):
    """A mix went on with the memory of the episode before the reset."""
    space, no = gym.spaces.Discrete(5), torch.zeros(1, 1, dtype=torch.bool)
    step = Transitions(
        *(torch.tensor([[[code]]]).byte() if code is not None else no.long() for code in (0, None)),
        no.float(),
        torch.tensor([[[1]]]).byte(),
        no,
        no,
    )
    bonus, single = (make_bonus(each, space, gym.spaces.Discrete(2)) for each in (name, name.partition("=")[2] or name))
    paid = [[], []]
    for _ in range(3):
        for each, scores in zip((bonus, single), paid, strict=True):
            scores.append(each.score(step, each.observe(step)).item())
            each.begin_episodes(torch.ones(1, 1, dtype=torch.bool))
    assert paid[0] == pytest.approx(paid[1])
    assert paid[0][1] > 0


def test_a_factor_of_the_wrong_shape_is_refused(moves):
    class Wrong(Place):
        def episodic_factor(self, transitions):
            return transitions.reward[:, :1]

    with pytest.raises(BadInput, match=r"Wrong.episodic_factor gives shape \(1, 1\)"):
        Wrong(*SPACES, envs=2).observe(moves([[0, 0]], [[2, 4]]))


def test_transitions_of_other_slots_are_refused(moves):
    with pytest.raises(BadInput, match=r"has shape \(1, 3, 1\): \(1, 2, 1\) is right"):
        Place(*SPACES, envs=2).observe(moves([[0, 0, 0]], [[1, 2, 3]]))


@pytest.mark.parametrize("spec", ["episodic-count", "mix:bonuses=count+episodic-count"])
def test_an_episode_may_end_in_a_row_that_is_left_out(spec):
    """The parts of a mix went on with the memory of the episode before."""
    space = gym.spaces.Discrete(5)
    bonus = make_bonus(spec, space, gym.spaces.Discrete(2))

    def step(before, after, **flags):
        no = torch.zeros(1, 1, dtype=torch.bool)
        codes = [torch.tensor([[[code]]], dtype=torch.uint8) for code in (before, after)]
        return Transitions(codes[0], no.long(), torch.zeros(1, 1), codes[1], no, **{"truncated": no} | flags)

    yes = torch.ones(1, 1, dtype=torch.bool)
    first = bonus.observe(step(0, 1))
    assert not torch.equal(bonus.observe(step(0, 1)), first)
    bonus.observe(step(1, 2, truncated=yes, valid=~yes))
    assert torch.equal(bonus.observe(step(0, 1)), first)
