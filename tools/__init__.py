"""What makes the app from its sources: the build, the start, and the generators of theme and icons."""
