//! The CIB as a value: versions, diffs, patchsets, digests and operations.
