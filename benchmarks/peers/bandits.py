"""Pulls per second of other bandit libraries, as JSON; run by `benchmarks.bandits` with an interpreter that has them.

    python bandits.py SECONDS

ε-greedy (0.1) and UCB on ten Gaussian arms, 1,000 pulls a run, for so many seconds each, after a run that is not
timed, in which whatever is compiled or filled at first use is. A library that plays whole
experiments itself (pymab) does so; the others choose and learn in the loop below. Needs nothing of ours.
"""

import json
import sys
import time
from importlib.metadata import version

import numpy as np

ARMS, HORIZON = 10, 1000


def played(seconds, make):
    """Pulls per second of a policy given as choose() and learn(arm, reward), made anew for each run."""
    rng = np.random.default_rng(1)

    def run():
        choose, learn = make()
        means, noise = rng.standard_normal(ARMS), rng.standard_normal(HORIZON)
        for t in range(HORIZON):
            arm = int(choose())
            learn(arm, float(means[arm] + noise[t]))

    run()  # not timed: compiles, and fills caches
    pulls, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        run()
        pulls += HORIZON
    return pulls / (time.perf_counter() - started)


def smpybandits(seconds):
    import scipy.special

    if not hasattr(scipy.special, "btdtri"):  # it is of a time when SciPy called this function so
        scipy.special.btdtri = scipy.special.betaincinv
    from SMPyBandits.Policies import EpsilonGreedy, UCBalpha

    def make(kind, **settings):
        policy = kind(ARMS, **settings)
        policy.startGame()
        return policy.choice, policy.getReward

    return [
        played(seconds, lambda: make(EpsilonGreedy, epsilon=0.1)),
        played(seconds, lambda: make(UCBalpha, alpha=2)),
    ]


def river(seconds):
    from river import bandit

    def make(policy):
        return (lambda: policy.pull(range(ARMS))), policy.update

    return [
        played(seconds, lambda: make(bandit.EpsilonGreedy(epsilon=0.1, seed=1))),
        played(seconds, lambda: make(bandit.UCB(delta=2, seed=1))),
    ]


def mabwiser(seconds):
    from mabwiser.mab import MAB, LearningPolicy

    def make(learning):
        mab = MAB(list(range(ARMS)), learning)
        mab.fit(list(range(ARMS)), [0.0] * ARMS)
        return mab.predict, lambda arm, reward: mab.partial_fit([arm], [reward])

    return [
        played(seconds, lambda: make(LearningPolicy.EpsilonGreedy(epsilon=0.1))),
        played(seconds, lambda: make(LearningPolicy.UCB1(alpha=2))),
    ]


def pymab(seconds):
    import pymab
    from pymab.policies.epsilon_greedy import EpsilonGreedyPolicy
    from pymab.policies.ucb import UCBPolicy

    def speed(policy):
        def play(replicates, seed):
            environment = pymab.BanditEnvironment.from_prior(
                n_arms=ARMS, prior=pymab.GaussianArmPrior(), rng=np.random.default_rng(seed)
            )
            config = pymab.ExperimentConfig(horizon=HORIZON, n_replicates=replicates, seed=seed)
            pymab.Experiment(environment=environment, policies={"it": policy}, config=config).run()

        play(1, 0)  # not timed: compiles, and fills caches
        replicates, pulls, started = 200, 0, time.perf_counter()
        while time.perf_counter() - started < seconds:
            play(replicates, pulls)
            pulls += replicates * HORIZON
        return pulls / (time.perf_counter() - started)

    return [speed(EpsilonGreedyPolicy(n_arms=ARMS, epsilon=0.1)), speed(UCBPolicy(n_arms=ARMS, c=2.0))]


def main():
    seconds, results = float(sys.argv[1]), {}
    for name, peer in (("SMPyBandits", smpybandits), ("pymab", pymab), ("mabwiser", mabwiser), ("river", river)):
        try:
            results[name] = {"version": version(name), "speeds": peer(seconds)}
        except Exception as error:  # whatever a library raises, the others are still measured
            results[name] = {"failed": f"{type(error).__name__}: {error}"}
    print(json.dumps(results))


if __name__ == "__main__":
    main()
