"""The fencer: knows the fence devices of this node and carries fencing requests through with its peers."""
