//! Development only: sketches of clusters, golden files and generators for tests.
