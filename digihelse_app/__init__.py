"""Digihelse: dialogue between people who receive municipal care, those who help them, and the services."""
