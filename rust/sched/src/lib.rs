//! What should be: the passes that turn a frozen model into a plan.
