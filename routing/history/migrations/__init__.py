"""The scripts that bring a database from any version to the present one, in ``versions``; see ``migrating``.

A script names its tables and columns by itself and is never changed once released: what it made must stay what it is.
New columns of counts need a ``server_default``, so that a process of the version before can go on writing.
"""
