"""The executor: runs actions of resources on this node, one at a time for each resource."""
