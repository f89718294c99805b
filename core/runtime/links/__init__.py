"""Links: the bounded queues between nodes, in this process, in shared memory, and between machines."""
