"""The rules of the simulated world: money moves, IBANs, webhooks, faults, parcels, mails."""
