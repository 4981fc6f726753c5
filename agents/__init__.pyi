from . import mazes, planners
from .dqn.agent_spec import AgentSpec, parse_agent
from .dqn.dqn import DQN
from .dqn.settings import DQNSettings
from .training.evaluation import evaluate
from .training.results import Block, LearnerResult, Progress
from .training.trained import Trained
from .training.training import train

__version__: str

__all__ = [
    "DQN",
    "AgentSpec",
    "Block",
    "DQNSettings",
    "LearnerResult",
    "Progress",
    "Trained",
    "evaluate",
    "mazes",
    "parse_agent",
    "planners",
    "train",
]
