"""ICM, the intrinsic curiosity module: the error of a forward model, in features learned by predicting actions.

    b(s, a, s′) = ½‖f(φ(s), a) − φ(s′)‖²      loss (1 − w) L_inverse + w L_forward,  w = 0.2
    (Pathak et al. 2017, "Curiosity-driven exploration by self-supervised prediction", equations 2–7; η is β here)

φ is learned from two predictions: of the action from φ(s) and φ(s′), so that it keeps what the agent can influence and
may drop what it cannot (the noisy TV), and of φ(s′) from φ(s) and the action a. Both losses reach φ, as in the authors'
code. Actions may be discrete or continuous (`explore.bonuses.base.inverse_model`).

From the paper: w, Adam with 1e-3. One hidden layer of 128 and 64 features instead of four convolutions and 288 are a
choice for small observations; β is Count's.

Measured on MiniGrid-DoorKey-8x8 with the two-headed DQN, six learners, return of the exploiting policy: trained on the
drawn batches .97 .96 .95 .94 .86 .85 after 105,000 steps, on each new transition once .29 0 0 0 0 0 after 150,000 (both
without decay).
"""

import torch

from explore.bonuses.base.forward_model import ForwardModelBonus
from explore.core.transitions import Transitions


class ICM(ForwardModelBonus):
    """The error of the forward model in the space of φ. Discrete and continuous actions."""

    def novelty(self, transitions: Transitions) -> torch.Tensor:
        return self.prediction_error(transitions)
