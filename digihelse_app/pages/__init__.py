"""One module a page: layout and words; may import components, state and what lies below."""
