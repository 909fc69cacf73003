//! The ISO 8601 dialect of cluster configurations: dates, durations, date specifications.
