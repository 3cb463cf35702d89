"""The stages of columninch, and what they share: contracts, units, receipts, the lake, settings, workers."""
