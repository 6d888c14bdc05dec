"""Pages of filing and review: each loads what this user may see, calls one action, and shows one template."""
