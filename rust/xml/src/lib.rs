//! Persistent XML element trees: parse, write, address, and edit by path copying.
