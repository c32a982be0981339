"""What pages are built of; reads state, calls handlers, decides nothing."""
