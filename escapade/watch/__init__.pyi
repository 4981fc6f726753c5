from . import episode, gif, keys, picture, playback, players

__all__ = [
    "episode",
    "gif",
    "keys",
    "picture",
    "playback",
    "players",
]
