"""Adapters to what lies outside of the service."""
