"""Everything that talks to another system, one module each, and the clock."""
