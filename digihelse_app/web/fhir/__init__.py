"""The record-system API: FHIR R4 at the edge, plain typed input for the services behind it."""
