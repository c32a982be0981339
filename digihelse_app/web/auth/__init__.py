"""Signing in and out over plain HTTP: what the browser does outside the app's own event stream."""
