"""The catalogue of rules: what is checked and why, of every return and version, and across filings."""
