"""The built-in bandit policies, one file each; `base` has what families of them share."""
