"""`python -m tests.bench [NAME ...]`."""

import sys

from tests.bench import main

sys.exit(main(sys.argv[1:]))
