"""Dashboards: pages of charts with their tables, downloads and what the figures do not allow to be said."""
