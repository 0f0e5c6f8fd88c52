"""What holds for every test."""

from hypothesis import settings

# How long an example takes depends on who else uses the machine, and says nothing about whether it is right.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")
