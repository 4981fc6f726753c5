"""What may happen in a step: its outcomes by number, each with its probability.

A planner that plans over the distribution runs the rule of the maze itself, `dynamics.act`, with a script in the place
of the generator (`pcg.draw`): outcome number k of a step is what happens if the digits of k are drawn. draw(n) gives
each of n values with the same probability, so that an outcome whose draws had the counts a, b, … has probability
1/(a·b·…). Numbers with digits left over after the last draw belong to no outcome.

    most = 1
    while number < most:  # most: the largest product of counts so far; no outcome has a number beyond it
        probability, count, paid, over = outcome(rules, before, action, number, after)

So a rule of `dynamics` that draws by `pcg.draw` and by nothing else needs one line here, in `CHANCE`:

    DRAWN   its draws are enumerated: what a step draws decides what comes of it
    NOISE   its draws are seen and change nothing that is ever earned (a noisy screen): the planner draws 0 each time,
            and so does not tell states apart that differ in the noise alone
    OWN     its draws cannot be enumerated, and `outcome` has a function for it: obstacles are placed by trying until
            a free cell is met, and what is equally likely there is the free cells, not the draws; a step in the deep
            sea fails with probability 1/N

A rule that is not named draws nothing. That every rule is named that draws is checked by playing (`tests`).
"""

from agents.mazes.engine.codes import EMPTY, GOAL, Codes, object_of
from agents.mazes.engine.dynamics import FORWARD, LEFT, OBSTACLES, TRIES, Numbers, X, Y, act, front, plain
from agents.mazes.engine.moves import DEEP_SEA, NOISY_TV
from agents.mazes.engine.pcg import read_script, write_script
from agents.mazes.engine.trap_rules import sink
from agents.mazes.layouts.layouts import Layouts
from agents.planners.simulation import Rules, World, put
from explore.numerics.compiled import kernel_part

CERTAIN, DRAWN, NOISE, OWN = "certain", "drawn", "noise", "own"
CHANCE = {OBSTACLES: OWN, NOISY_TV: NOISE, DEEP_SEA: OWN}

NEVER = 2.0**-53  # an outcome less likely than the rounding of 1 is left out


def chance_of(maze: Layouts) -> str:
    """How the maze uses chance."""
    return CHANCE.get(maze.rule, CERTAIN)


def is_certain(maze: Layouts) -> bool:
    """Whether what is earned follows from the actions alone."""
    return chance_of(maze) in (CERTAIN, NOISE)


def without_noise(maze: Layouts, world: World) -> World:
    """The world, drawing 0 for ever where its draws are noise."""
    if chance_of(maze) == NOISE:
        write_script(world.random, 0)
    return world


@kernel_part
def outcome(
    rules: Rules, noise: bool, before: World, action: int, number: int, after: World
) -> tuple[float, int, float, bool]:
    """Write outcome `number` of an action into `after`: its probability, product of counts, reward, and if it ends.

    Probability 0: there is no outcome with this number. The time limit ends nothing here.
    """
    put(after, before)
    if rules.rule == OBSTACLES:
        return _obstacles(rules, after, action, number)
    if rules.rule == DEEP_SEA:
        return _deep_sea(rules, after, action, number)
    cells, inside, agent, task, random = after
    write_script(random, 0 if noise else number)
    paid, over = act(rules.rule, cells, inside, agent, task, random, rules.height, rules.limit, action)
    left, count = read_script(random)
    if noise:
        return 1.0, 1, paid, over
    return (1.0 / count if left == 0 else 0.0), count, paid, over


@kernel_part
def _obstacles(rules: Rules, world: World, action: int, number: int) -> tuple[float, int, float, bool]:
    """The rule of `dynamics`, with the distribution of the obstacles' moves in the place of its tries.

    One after the other moves to one of the f free cells among the n around it, all equally likely; it stays where none
    of TRIES + 1 tries meets one, with probability (1 − f/n)^(TRIES + 1). The digits are the free cells, then staying.
    """
    cells, inside, agent, task, _ = world
    height = rules.height
    action = LEFT if action > FORWARD else action
    kind = object_of(cells[front(agent, len(cells) // height, height)])
    blocked = kind != EMPTY and kind != GOAL
    probability, count, left = 1.0, 1, number
    for i in range(1, task[0] + 1):
        old = task[i]
        around, free, _ = _free(cells, agent, height, old, left)
        stays = (1.0 - free / around) ** (TRIES + 1)
        options = free if stays < NEVER else free + 1
        digit = left % options
        left, count = left // options, count * options
        if digit < free:
            probability *= (1.0 - stays) / free
            task[i] = _free(cells, agent, height, old, digit)[2]
            cells[task[i]], cells[old] = cells[old], EMPTY
        else:
            probability *= stays
    paid, over = plain(cells, inside, agent, height, rules.limit, action)
    if action == FORWARD and blocked:
        paid, over = -1.0, True
    return (probability if left == 0 else 0.0), count, paid, over


@kernel_part
def _deep_sea(rules: Rules, world: World, action: int, number: int) -> tuple[float, int, float, bool]:
    """Outcome 1 is that the action slips, if it means right and the sea is stochastic; the noise has the mean 0."""
    _, inside, agent, task, _ = world
    means_right = action == inside[agent[X] * rules.height + agent[Y]]
    slip = 1.0 / task[0] if means_right and task[1] != 0 else 0.0
    count = 2 if slip > 0 else 1
    paid, over = sink(inside, agent, task, rules.height, action, 0.0, number == 1)
    return (0.0 if number >= count else slip if number == 1 else 1.0 - slip), count, paid, over


@kernel_part
def _free(cells: Codes, agent: Numbers, height: int, old: int, which: int) -> tuple[int, int, int]:
    """How many cells are around this one, how many of them are free, and the free one with the number `which`."""
    left, top = max(old // height - 1, 0), max(old % height - 1, 0)
    right, bottom = min(left + 3, len(cells) // height), min(top + 3, height)
    free, found = 0, old
    for x in range(left, right):
        for y in range(top, bottom):
            if cells[x * height + y] == EMPTY and not (x == agent[X] and y == agent[Y]):
                if free == which:
                    found = x * height + y
                free += 1
    return (right - left) * (bottom - top), free, found
