"""What kind of machine this is, in one place, so that a test can run what another kind would."""

import os

POSIX = os.name == "posix"
