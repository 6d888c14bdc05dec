"""Receipts: proof of what was filed, as a page, a PDF and a manifest for machines."""
