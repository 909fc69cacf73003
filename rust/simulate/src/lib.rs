//! What would happen: events injected into a CIB, a graph run against it, and the status view.
