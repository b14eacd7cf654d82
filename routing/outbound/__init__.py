"""Outbound campaigns on a live host: their configuration, the carriers they dial over, and the dialer.

Within: ``campaign`` < ``carriers``, ``checking``, ``calls``, ``naming`` < ``files``, ``looking``, ``previews``,
``plan``, ``gate`` < ``followers`` < ``outcomes``, ``dialling`` < ``front_desk`` < ``dialer`` < ``simulated``.
Before a launch: ``supposing`` (below ``files``) < ``stock``, ``watching``, ``measuring`` < ``quick_days`` <
``engine_days`` (above ``simulated``) < ``rehearsal`` < ``rehearsal_picture``.

Owns the way from a proposal to a dial and from its outcome to the book; must not know how to pace, what the law says,
or how a telephone works.
"""
