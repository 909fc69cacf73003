//! Vocabulary shared by every crate: ids, scores, roles, operation keys, budgets, diagnostics.
