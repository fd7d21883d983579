"""Batches: experiments over many cells, their stores, and what runs them."""
