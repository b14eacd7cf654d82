"""Whole calls on loopback addresses: Kamailio, its sidecar, the server, and SIPp for callers and devices."""
