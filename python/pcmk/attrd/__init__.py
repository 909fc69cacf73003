"""The attribute manager: transient node attributes, ordered by one member, held by all, written to the CIB by one."""
