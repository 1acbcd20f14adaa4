"""`python -m hotline.cli`: the same as `hotline`, for processes that start others of their own kind."""

from hotline.cli import main

main()
