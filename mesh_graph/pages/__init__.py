"""What a person sees: the shell, one module a page, their callbacks. No arithmetic, no query."""
