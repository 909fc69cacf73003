//! The transition graph: its XML, its drawing, and the runner that fires it.
