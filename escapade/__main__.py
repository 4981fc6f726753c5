"""`python -m escapade`: the command line."""

from escapade.cli import main

main()
