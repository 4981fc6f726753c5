from . import traps
from .catalogue import MazeEntry, describe_mazes, maze_ids
from .compiled import CompiledMazes
from .factory import has_held_out, make
from .layouts.own_sets import two_sets
from .maze_spec import MazeSpec, is_maze, parse_maze
from .real import RealMazes
from .vector import Mazes

__all__ = [
    "CompiledMazes",
    "MazeEntry",
    "MazeSpec",
    "Mazes",
    "RealMazes",
    "describe_mazes",
    "has_held_out",
    "is_maze",
    "make",
    "maze_ids",
    "parse_maze",
    "traps",
    "two_sets",
]
