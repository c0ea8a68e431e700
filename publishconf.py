"""What differs where the public reads it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # the `pelican` command does not look here

from pelicanconf import *  # noqa: F403  a Pelican setting is a module's name

SITEURL = "https://columns.atogaki.example"
PUBLIC = True
