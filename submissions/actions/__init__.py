"""Every write of filing and review: keyword-only, atomic, `by=` the one who does it."""

from submissions.actions.checking import canonical_lines, judge, observation_rows, previous_lines
from submissions.actions.deciding import decide_revision, withdraw_revision
from submissions.actions.drafts import FieldConflict, SavedSection, save_draft, save_section, start_filing
from submissions.actions.explaining import Answer, explain, explain_all
from submissions.actions.filing import Signature, Submission, file_revision, submit_revision
from submissions.actions.granting import grant_relief, may_grant, require_grantable, take_back_relief
from submissions.actions.refusals import Conflict, Refused
from submissions.actions.releasing import release_statistics
from submissions.actions.signing import sign_and_submit
from submissions.actions.starting import draft_from_upload, start_from_last_year, start_from_revision
from submissions.actions.subscribing import renew_secret, send_again, subscribe, unsubscribe
from submissions.actions.uploads import discard_upload, findings_of, receive_upload, submission_of
from submissions.actions.working import run_job

__all__ = [
    "Answer", "Conflict", "FieldConflict", "Refused", "SavedSection", "Signature", "Submission", "canonical_lines",
    "decide_revision", "discard_upload", "draft_from_upload", "explain", "explain_all", "file_revision", "findings_of",
    "grant_relief", "judge", "may_grant", "observation_rows", "previous_lines", "receive_upload", "release_statistics",
    "renew_secret", "require_grantable", "run_job", "save_draft", "save_section", "send_again", "sign_and_submit", "start_filing",
    "start_from_last_year", "start_from_revision", "submission_of", "submit_revision", "subscribe", "take_back_relief",
    "unsubscribe", "withdraw_revision",
]  # fmt: skip
