"""RQ's side: the doorbell that wakes workers, the one job they do, and the process that runs it."""
