"""The scheduler daemon: a plan for each request, and its input kept for later study."""
