"""lnmonitor: follow-up of MSC infusion in refractory lupus nephritis. Holds the version only."""

__version__ = "0.1.0"
