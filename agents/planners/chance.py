"""The possible outcomes of a step by number, each with its probability.

A planner that plans over the distribution runs the rule of the maze itself, `dynamics.maze_step`, with a script in the
place of the generator (`pcg.draw`): outcome number k of a step is what happens if the digits of k are drawn. draw(n)
gives each of n values with the same probability, so that an outcome whose draws had the counts a, b, … has probability
1/(a·b·…). Numbers with digits left over after the last draw belong to no outcome.

    count = 1
    while number < count:  # count: the largest product of counts so far; no outcome has a number beyond it
        probability, product, reward, terminated = outcome(rules, noise, before, action, number, after)

So a rule of `dynamics` that draws by `pcg.draw` and by nothing else needs one line here, in `CHANCE`:

    ENUMERATED  what a step draws decides its outcome, and its draws are enumerated
    IRRELEVANT  its draws can be seen and change nothing that is ever earned (a noisy screen): the planner draws 0 each
                time, and does not distinguish states that differ in the draws alone
    SPECIAL     its draws cannot be enumerated, and `outcome` has a function for it: obstacles are placed by
                drawing until a cell is free, so that all free cells are equally likely; a step in the deep sea fails
                with probability 1/N

A rule that is not named draws nothing. That every rule is named that draws is checked by playing (`tests`).
"""

from agents.mazes.engine.codes import EMPTY, GOAL, object_of
from agents.mazes.engine.dynamics import FIRST_OBSTACLE, MAX_TRIES, OBSTACLE_COUNT, maze_step
from agents.mazes.engine.moves import DEEP_SEA, FORWARD, LEFT, NOISY_TV, OBSTACLES, front_cell, minigrid_step
from agents.mazes.engine.pcg import read_script, write_script
from agents.mazes.engine.trap_rules import SIZE, STOCHASTIC, deep_sea_step
from agents.mazes.engine.world import Rules, World, X, Y, copy_state
from agents.mazes.layouts.layouts import Layouts
from explore.numerics.compiled import kernel_part

CERTAIN, ENUMERATED, IRRELEVANT, SPECIAL = "certain", "enumerated", "irrelevant", "special"
CHANCE = {OBSTACLES: SPECIAL, NOISY_TV: IRRELEVANT, DEEP_SEA: SPECIAL}

NEVER = 2.0**-53  # an outcome less likely than the rounding of 1 is left out


def chance_of(layouts: Layouts) -> str:
    """How the maze uses chance."""
    return CHANCE.get(layouts.rules.rule, CERTAIN)


def is_certain(layouts: Layouts) -> bool:
    """Whether what is earned follows from the actions alone."""
    return chance_of(layouts) in (CERTAIN, IRRELEVANT)


def without_noise(layouts: Layouts, world: World) -> World:
    """The world, drawing 0 for ever where its draws are irrelevant."""
    if chance_of(layouts) == IRRELEVANT:
        write_script(world.random, 0)
    return world


@kernel_part
def outcome(
    rules: Rules, noise: bool, before: World, action: int, number: int, after: World
) -> tuple[float, int, float, bool]:
    """Write outcome `number` of an action into `after`: its probability, product of counts, reward, and if it ends.

    noise: whether the draws are irrelevant. Probability 0: there is no outcome with this number. The time limit ends
    nothing here.
    """
    copy_state(after, before)
    if rules.rule == OBSTACLES:
        return _obstacles(rules, after, action, number)
    if rules.rule == DEEP_SEA:
        return _deep_sea(rules, after, action, number)
    write_script(after.random, 0 if noise else number)
    reward, terminated = maze_step(rules, after, action)
    left, count = read_script(after.random)
    if noise:
        return 1.0, 1, reward, terminated
    return (1.0 / count if left == 0 else 0.0), count, reward, terminated


@kernel_part
def _obstacles(rules: Rules, world: World, action: int, number: int) -> tuple[float, int, float, bool]:
    """The rule of `dynamics`, with the distribution of the obstacles' moves in the place of its tries.

    One after the other moves to one of the f free cells among the n around it, all equally likely; it stays where none
    of MAX_TRIES + 1 tries finds one, with probability (1 − f/n)^(MAX_TRIES + 1). The digits are the free cells, then
    staying.
    """
    cells, task = world.cells, world.task
    action = LEFT if action > FORWARD else action
    kind = object_of(cells[front_cell(rules, world)])
    blocked = kind != EMPTY and kind != GOAL
    probability, count, left = 1.0, 1, number
    for i in range(FIRST_OBSTACLE, FIRST_OBSTACLE + task[OBSTACLE_COUNT]):
        old = task[i]
        around, free, _ = _free_cells(rules, world, old, left)
        stays = (1.0 - free / around) ** (MAX_TRIES + 1)
        options = free if stays < NEVER else free + 1
        digit = left % options
        left, count = left // options, count * options
        if digit < free:
            probability *= (1.0 - stays) / free
            task[i] = _free_cells(rules, world, old, digit)[2]
            cells[task[i]], cells[old] = cells[old], EMPTY
        else:
            probability *= stays
    reward, terminated = minigrid_step(rules, world, action)
    if action == FORWARD and blocked:
        reward, terminated = -1.0, True
    return (probability if left == 0 else 0.0), count, reward, terminated


@kernel_part
def _deep_sea(rules: Rules, world: World, action: int, number: int) -> tuple[float, int, float, bool]:
    """Outcome 1 is that the action slips, if it means right and the sea is stochastic; the noise has the mean 0."""
    means_right = action == world.inside[world.agent[X] * rules.height + world.agent[Y]]
    slip = 1.0 / world.task[SIZE] if means_right and world.task[STOCHASTIC] != 0 else 0.0
    count = 2 if slip > 0 else 1
    reward, terminated = deep_sea_step(rules, world, action, 0.0, number == 1)
    return (0.0 if number >= count else slip if number == 1 else 1.0 - slip), count, reward, terminated


@kernel_part
def _free_cells(rules: Rules, world: World, old: int, which: int) -> tuple[int, int, int]:
    """How many cells are around this one, how many of them are free, and the free one with the number `which`."""
    cells, agent, height = world.cells, world.agent, rules.height
    left, top = max(old // height - 1, 0), max(old % height - 1, 0)
    right, bottom = min(left + 3, len(cells) // height), min(top + 3, height)
    free, cell = 0, old
    for x in range(left, right):
        for y in range(top, bottom):
            if cells[x * height + y] == EMPTY and not (x == agent[X] and y == agent[Y]):
                if free == which:
                    cell = x * height + y
                free += 1
    return (right - left) * (bottom - top), free, cell
