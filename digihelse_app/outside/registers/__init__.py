"""The national registers: who a person is, how to reach her. Numbers travel in bodies, never in addresses."""
