"""Plain HTTP routes beside the app: signing in, FHIR, headers, health."""
