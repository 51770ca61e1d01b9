"""Traffic as Kiali counts it, for clients of Kiali's graph API: an independent implementation of its rules.

    frames ─samples─► calls ─ledger─► traffic ─finish, reduce─► traffic ─document─► JSON

The same frames make the product's own graph by the canonical merge; here the order of Kiali's queries, its
first claim of a series and its merge of namespaces decide. Pure: no I/O, no clock.
"""
