"""What everybody may read: reports of providers, the register of organisations, statistics, the catalogue, dumps."""
