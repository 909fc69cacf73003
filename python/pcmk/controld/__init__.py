"""The controller: who leads, who takes part, and the carrying out of what the scheduler wants."""
