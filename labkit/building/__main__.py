"""`python -m labkit.building` is `labkit build`."""

import sys

from labkit.building.command import main

sys.exit(main(sys.argv[1:]))
