"""The use cases: each takes an ActingContext first, and leaves an access-log row. No Reflex, no HTTP."""
