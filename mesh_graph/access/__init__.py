"""Who may come in: identities, the users file, passwords, tokens, sessions, attempts, the audit log.

Knows nothing of pages. ``Doorkeeper`` puts the parts together; whoever it lets in is an ``Identity`` with a
scope.
"""
