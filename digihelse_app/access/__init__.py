"""Who may do what: permissions, the acting context, and the pure policy table."""
