"""Every accepted figure with all that is known of it, as files of any size."""
