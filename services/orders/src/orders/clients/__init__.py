"""Adapters to the outside: accounts over HTTP, the market files, the document library."""
