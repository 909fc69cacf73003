//! What is: the CIB read into a frozen model of options, nodes, resources, constraints and history.
