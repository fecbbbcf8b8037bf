"""`python -m netstat` is the same program as `netstat`."""

import sys

from netstat.cli import main

sys.exit(main())
