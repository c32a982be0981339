"""Wrappers for Designsystemet's classes and elements, without state, and the plugin that brings its style."""
