"""What differs where the public reads it."""

from pelicanconf import *  # noqa: F403  a Pelican setting is a module's name

SITEURL = "https://columns.atogaki.example"
PUBLIC = True
