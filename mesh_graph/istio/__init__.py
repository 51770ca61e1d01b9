"""What the cluster declares: routes with their weights, and what is wrong with the configuration. Pure."""
