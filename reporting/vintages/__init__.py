"""What changed between the figures as they stood on two days, by whom, when and why."""
