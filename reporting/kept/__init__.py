"""Pages that staff keep under a name, and the mails that tell what changed in them."""
