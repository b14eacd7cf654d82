"""The centre around the contact behind a service: wings, customers, and what RPCs ask of them.

Within: ``shapes`` < ``people`` < ``desk`` < ``opening``.

Owns what a server keeps of a domain beside its engine and facade; must not know any RPC.
"""
