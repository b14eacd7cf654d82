"""The centre around the contact: recording, supervision, call-backs, outcomes, continuity, signals, devices.

Each is a *wing*: a fold over the events of an engine that says what is to be commanded next (``wing``). So whatever a
wing does is journaled, replayed and exact after a crash, and the engine knows none of them.

Owns what people around a contact need beyond routing; must not decide who gets which contact.
"""
