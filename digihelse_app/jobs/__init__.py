"""What runs without a person: the outbox dispatcher, the schedule, the worker."""
