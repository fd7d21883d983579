"""Eligibility: the ledger and what stands under which jurisdiction. Pure functions."""
