"""Which policy to use where: one line per policy on where it is good, what it needs to know, and who says so."""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Advice:
    """Where a policy is good, what the user has to know or set for it, and the source."""

    good_for: str
    needs: str
    source: str

    def __str__(self) -> str:
        return f"{self.good_for}; needs {self.needs} ({self.source})"


NOTHING = "nothing"
BOUNDED = "rewards in [0, 1]"

ADVICE = MappingProxyType(
    {
        "epsilon-greedy": Advice(
            "simple baselines and drifting arms; regret grows linearly as it never stops exploring",
            "epsilon near 0.1 for short horizons, smaller for long ones",
            "Sutton & Barto 2018, 2.3",
        ),
        "q-learning": Advice(
            "the incremental Q-value agent of the ten-armed testbed, ε-greedy with a constant step; drifting arms",
            "epsilon near 0.1 and a step size of about 0.1",
            "Sutton & Barto 2018, 2.5",
        ),
        "epsilon-decreasing": Advice(
            "ε-greedy with logarithmic regret", "a lower bound of the smallest gap", "Auer et al. 2002, Theorem 3"
        ),
        "epsilon-first": Advice("one test phase, then a decision", "the horizon", "Sutton & Barto 2018, exercise 2"),
        "optimistic": Advice(
            "short stationary problems; explores once, at the start, so it misses later changes",
            "an upper bound of the rewards",
            "Sutton & Barto 2018, 2.6",
        ),
        "boltzmann": Advice(
            "graded exploration by value; a constant temperature never settles",
            "a temperature on the scale of the gaps",
            "Sutton & Barto 1998, 2.3",
        ),
        "boltzmann-gumbel": Advice(
            "softmax exploration with a proof: the noise of each arm shrinks with its own pulls",
            "the scale of the noise",
            "Cesa-Bianchi et al. 2017",
        ),
        "gradient": Advice(
            "preferences instead of values, and a model of policy gradients; keep the baseline",
            "a step size of about 0.1",
            "Sutton & Barto 2018, 2.8",
        ),
        "ucb": Advice(
            "Gaussian-like rewards of known scale; c = 1 beats c = 2 on the ten-armed testbed",
            "the scale of the noise, through c",
            "Sutton & Barto 2018, 2.7",
        ),
        "ucb1": Advice(
            "teaching: the first finite-time proof; explores far too much when rewards are rare",
            BOUNDED,
            "Auer et al. 2002",
        ),
        "ucb-tuned": Advice("a cheap improvement of UCB1, without a proof", BOUNDED, "Auer et al. 2002, section 4"),
        "ucb-v": Advice("arms of very different variance", BOUNDED, "Audibert, Munos & Szepesvári 2009"),
        "moss": Advice("the worst case: many arms of similar means", "the horizon", "Audibert & Bubeck 2009"),
        "moss-anytime": Advice("the worst case without knowing the horizon", BOUNDED, "Degenne & Perchet 2016"),
        "kl-ucb": Advice(
            "Bernoulli and other bounded rewards, above all rare ones; deterministic and asymptotically optimal",
            "the family of rewards (any in [0, 1] is safe)",
            "Garivier & Cappé 2011",
        ),
        "kl-ucb-plus": Advice(
            "KL-UCB with less exploration of pulled arms", BOUNDED, "Garivier & Cappé 2011; Kaufmann 2018"
        ),
        "kl-ucb-plus-plus": Advice(
            "optimal both for the instance and for the worst case", "the horizon", "Ménard & Garivier 2017"
        ),
        "kl-ucb-switch": Advice(
            "any rewards in [0, 1] with both kinds of optimality", "the horizon", "Garivier et al. 2018"
        ),
        "imed": Advice(
            "the quality of KL-UCB without solving for an upper bound", "the family of rewards", "Honda & Takemura 2015"
        ),
        "ocucb": Advice(
            "Gaussian rewards, near-optimal in every regime", "the horizon and the noise", "Lattimore 2016"
        ),
        "bayes-ucb": Advice(
            "a posterior at hand and a deterministic choice wanted", "a prior", "Kaufmann, Cappé & Garivier 2012"
        ),
        "thompson": Advice(
            "the first choice for stationary arms: low regret in practice, asymptotically optimal, copes with delay",
            "a prior of the right family",
            "Thompson 1933; Chapelle & Li 2011",
        ),
        "besa": Advice("rewards of unknown family: it compares sub-samples only", NOTHING, "Baransi et al. 2014"),
        "perturbed-history": Advice("rewards without a tractable posterior", BOUNDED, "Kveton et al. 2019"),
        "information-directed": Advice(
            "structured problems where a pull tells about other arms; costly per pull",
            "a prior",
            "Russo & Van Roy 2018",
        ),
        "top-two-thompson": Advice(
            "finding the best arm, not earning meanwhile: judge it by simple regret", "a prior", "Russo 2016"
        ),
        "exp3": Advice(
            "rewards chosen by an adversary; on stationary arms it pays for that safety",
            BOUNDED,
            "Auer et al. 2002, SIAM J. Computing",
        ),
        "exp3-ix": Advice("adversaries, when the regret of the single run counts", BOUNDED, "Neu 2015"),
        "exp3-s": Advice("adversaries whose best arm changes", "how often it changes", "Auer et al. 2002, section 8"),
        "tsallis-inf": Advice(
            "not knowing whether arms are stationary or adversarial: near-optimal in both",
            BOUNDED,
            "Zimmert & Seldin 2021",
        ),
        "explore-then-commit": Advice(
            "experiments that must stop on a fixed date",
            "the horizon and the gaps",
            "Lattimore & Szepesvári 2020, chapter 6",
        ),
        "successive-elimination": Advice(
            "dropping arms for good, with a stated confidence", "the confidence", "Even-Dar, Mannor & Mansour 2006"
        ),
        "median-elimination": Advice(
            "finding a nearly best arm with few pulls, not earning meanwhile",
            "the accuracy and the confidence",
            "Even-Dar, Mannor & Mansour 2006",
        ),
        "discounted-ucb": Advice(
            "arms that change slowly", "a discount that fits the pace of change", "Garivier & Moulines 2011"
        ),
        "sliding-window-ucb": Advice(
            "arms that change now and then", "a window that fits the pace of change", "Garivier & Moulines 2011"
        ),
        "discounted-thompson": Advice(
            "arms that change slowly", "a discount that fits the pace of change", "Raj & Kalyani 2017"
        ),
        "sliding-window-thompson": Advice(
            "arms that change now and then", "a window that fits the pace of change", "Trovò et al. 2020"
        ),
        "glr-ucb": Advice(
            "abrupt changes at unknown times, with no pace to tune", "the confidence of its test", "Besson et al. 2022"
        ),
        "cusum-ucb": Advice("abrupt changes of known smallest size", "the size of a change", "Liu, Lee & Shroff 2018"),
        "lin-ucb": Advice(
            "contexts in which rewards are linear",
            "a testbed with contexts; the noise, or the width of the bound",
            "Li et al. 2010; Abbasi-Yadkori et al. 2011",
        ),
        "lin-ts": Advice(
            "contexts in which rewards are linear, and delay",
            "a testbed with contexts; the scale of the noise",
            "Agrawal & Goyal 2013",
        ),
        "gittins": Advice(
            "discounted rewards under a correct prior, where nothing does better; with a horizon instead of a discount "
            "it explores too little",
            "the discount and the prior",
            "Gittins 1979",
        ),
        "duff": Advice(
            "arms with an own state that moves when pulled, and unknown chances; use a constant epsilon",
            "the discount, and many pulls",
            "Duff 1995",
        ),
    }
)


def advice_for(policy: str) -> Advice | None:
    """The advice for the policy of this name or spec string, None for a stranger's policy."""
    return ADVICE.get(policy.partition(":")[0].strip())
