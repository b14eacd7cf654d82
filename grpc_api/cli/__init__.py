"""Commands of ``huntgroup`` that need the extra ``server``; found by the entry points ``huntgroup.commands``.

Owns nothing itself; one file for each command.
"""
