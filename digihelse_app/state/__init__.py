"""What one browser tab sees: small Reflex states with thin handlers over the use cases."""
