"""Webhooks: changes are written to an outbox with the change itself, and sent by workers after it."""

from submissions.hooks.outbox import EVENTS, emit, emit_each, emit_upload, hand_over
from submissions.hooks.sending import send, send_due

__all__ = ["EVENTS", "emit", "emit_each", "emit_upload", "hand_over", "send", "send_due"]
