"""Signing in at an OpenID Connect provider: profiles, the relying party, the checks of what comes back."""
