"""The exact theory of bandits: Gittins indices, the learner that estimates them, and bounds.

python examples/theory.py            prints the tables of docs/theory.md, in about ten seconds
"""

import numpy as np

from bandits.theory.bounds.lai_robbins import lai_robbins
from bandits.theory.bounds.of_policy import bounds_for
from bandits.theory.gittins.duff import duff_study
from bandits.theory.gittins.gaussian import gaussian_bonuses
from bandits.theory.gittins.indices import bernoulli_index, bernoulli_table

PROBLEM_B = [0.1, *[0.05] * 3, *[0.02] * 3, *[0.01] * 3]


def main() -> None:
    print("Gittins indices of a Bernoulli arm, Beta(a, b)")
    for discount in (0.9, 0.99):
        states = [(1, 1), (2, 1), (1, 2), (2, 2), (3, 1)]
        print(f"  γ={discount}", *(f"({a},{b}) {bernoulli_index(a, b, discount):.5f}" for a, b in states), sep="  ")
    table = bernoulli_table(0.9, 100)
    worst = max(abs(table[s, 100 - s] - bernoulli_index(s + 1, 101 - s, 0.9)) for s in range(0, 101, 5))
    print(f"  table of 100 pulls against single indices, γ=0.9: largest difference {worst:.1e}")

    print("Gaussian arm, known variance, v(1) … v(5)")
    for discount in (0.95, 0.99):
        print(f"  γ={discount}", *(f"{bonus:.4f}" for bonus in gaussian_bonuses(discount, 5)), sep="  ")

    study = duff_study(runs=100, steps=100_000)
    print(f"Duff's two tasks, γ={study.discount}, {study.runs} runs of {study.steps} pulls")
    print("  exact                                 ", np.round(study.results[0].exact, 3))
    for result in study.results:
        half_width = np.round(1.96 * result.standard_error, 3)
        print(f"  {result.exploration.name:38}", np.round(result.mean, 3), "±", half_width)
        print(
            f"    estimates more than 10 % off: {np.round(result.wrong, 2)}, an arm abandoned: {result.abandoned:.0%}"
        )

    print("Lai–Robbins constants:", end=" ")
    print(f"problem B {lai_robbins(PROBLEM_B).constant:.3f}, (0.9, 0.8) {lai_robbins([0.9, 0.8]).constant:.4f}")
    print("Bounds on the regret of problem B at T = 10,000")
    for policy in ("ucb1", "kl-ucb:c=3", "kl-ucb", "thompson", "moss", "tsallis-inf"):
        for bound in bounds_for(policy, PROBLEM_B, 10_000):
            when = "finite-time" if bound.finite_time else "asymptotic"
            print(f"  {policy:18} {bound.value:9.0f}  {when}, {bound.kind}: {bound.source}")


if __name__ == "__main__":
    main()
