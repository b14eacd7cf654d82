"""Outbound dialing of a server: the dialer of each domain, which front-end dials what, and what is shown of it.

============  ============================================================================================
shapes        what a front-end is told, and what is shown of campaigns; `Desk`, as RPCs see a domain that dials
lines         `Lines`: which front-end has which carrier, and who was told of which attempt
tally         `Tally`: a follower that counts dials and outcomes
opening       `Desks`: from settings to desks
desk          a `Desk` on a host, a book and a dialer
============  ============================================================================================

Within: ``shapes``, ``lines``, ``tally`` < ``desk``; ``shapes`` < ``opening``. ``desk`` needs the packages of
``huntgroup[campaigns]``, and so is imported by a server that dials and by nobody else.

Owns dialing on the server; must not know any RPC.
"""
