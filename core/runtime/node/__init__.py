"""The loop of one node: workers, what they run (operators), batches, replicas, and what is counted."""
