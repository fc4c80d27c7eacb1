"""What can be recorded: every event code, the sentence it makes, and what kind of act it is."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What an event testifies to. Only the kind that a table asks for excuses a change to it."""

    CHANGE = "change"
    READ = "read"
    ACCESS = "access"
    REFUSAL = "refusal"


@dataclass(frozen=True)
class Declaration:
    """One thing that can happen. `personal` says whether its payload may carry personal data."""

    sentence: str
    kind: Kind
    personal: bool = False


def change(sentence: str, *, personal: bool = False) -> Declaration:
    return Declaration(sentence, Kind.CHANGE, personal)


def read(sentence: str, *, personal: bool = False) -> Declaration:
    return Declaration(sentence, Kind.READ, personal)


def access(sentence: str, *, personal: bool = False) -> Declaration:
    return Declaration(sentence, Kind.ACCESS, personal)


def refusal(sentence: str, *, personal: bool = False) -> Declaration:
    return Declaration(sentence, Kind.REFUSAL, personal)


EVENTS: dict[str, Declaration] = {
    # Sessions (CETS PIA: user ID, login, attempts, failures, logoff)
    "session.signed_in": access("{actor} signed in"),
    "session.refused": access("Sign-in refused for {object}"),
    "session.signed_out": access("{actor} signed out"),
    "session.timed_out": access("{actor} was signed out after inactivity"),
    "session.extended": access("{actor} stayed signed in"),
    "session.confirmed": access("{actor} showed once more that it is they"),
    "session.second_factor": access("{actor} proved with a second factor that it was they"),
    "session.second_factor_refused": access("A second factor of {object} was refused"),
    "session.ended": access("{actor} ended a session of {object}"),
    "session.crowded_out": access("The oldest session of {object} ended because of a further one"),
    "sessions.listed": read("{actor} looked at the sessions of {object}"),
    "second_factor.added": change("{actor} set up a second factor of {object}"),
    "second_factor.removed": change("{actor} removed a second factor of {object}", personal=True),
    "recovery_codes.made": change("{actor} had recovery codes made for {object}"),
    "recovery_code.used": change("{actor} used a recovery code"),
    "password.changed": change("{actor} changed the password of {object}"),
    "password.reset_asked": access("Somebody asked to reset the password of {object}"),
    "password.reset": change("The password of {object} was reset through a link sent by mail"),
    "identity.linked": change("{object} was linked with the sign-in of the agency"),
    "identity.unlinked": change("{object} was unlinked from the sign-in of the agency"),
    "identity.refused": access("A sign-in of the agency was refused for {object}"),
    # People and what they may do
    "user.created": change("{actor} added {object}"),
    "user.invited": access("{actor} invited {object} to choose a password"),
    "user.changed": change("{actor} changed the profile of {object}"),
    "user.rules_accepted": change("{actor} accepted the Rules of Behavior"),
    "assignment.granted": change("{actor} granted {object} a role"),
    "assignment.revoked": change("{actor} revoked a role of {object}", personal=True),
    "access.requested": change("{actor} asked for a role for {object}", personal=True),
    "access.endorsed": change("{actor} endorsed a request of {object}", personal=True),
    "access.request_refused": change("{actor} refused a request of {object}", personal=True),
    "access.withdrawn": change("{actor} withdrew a request of {object}"),
    "access.requests_listed": read("{actor} looked through the requests for access"),
    "access.request_viewed": read("{actor} opened a request of {object}"),
    "access.list_brought_in": change("{actor} brought in {object}"),
    "access.list_confirmed": change("{actor} confirmed {object}"),
    "access.bootstrapped": change("{actor} made {object} the first Access Control Manager"),
    "access.explained": read("{actor} asked what {object} may see and do, and why"),
    "user.disabled_unused": change("The account of {object} was disabled because nobody used it"),
    "user.warned_unused": change("{object} was told that the account will be disabled because nobody uses it"),
    "user.rights_recomputed": change("The rights of {object} were worked out anew from the roles held"),
    "user.reactivated": change("{actor} opened the account of {object} again", personal=True),
    "user.offboarded": change("{actor} ended everything that {object} had", personal=True),
    "training.recorded": change("{actor} recorded a training of {object}"),
    "training.withdrawn": change("{actor} withdrew a training of {object}", personal=True),
    "training.uploaded": access("{actor} uploaded a list of completed trainings"),
    "trainings.listed": read("{actor} looked through the completed trainings"),
    "campaign.opened": change("{actor} opened {object}"),
    "campaign.answered": change("{actor} answered for {object}", personal=True),
    "campaign.reminded": change("The supervisors were reminded of {object}"),
    "campaign.handed_on": change("Whoever was asked left, so what waited in {object} is asked of their offices"),
    "campaign.ended": change("{object} ended"),
    "campaign.lapsed": change("What nobody answered for ended in {object}"),
    "campaign.viewed": read("{actor} opened {object}"),
    "campaign.exported": read("{actor} exported {object}"),
    "campaigns.listed": read("{actor} looked through the campaigns"),
    "assignments.listed": read("{actor} looked through who holds which role"),
    "users.listed": read("{actor} looked through the people"),
    "user.viewed": read("{actor} opened the profile of {object}"),
    # Reference data
    "reference.created": change("{actor} added {object}"),
    "reference.changed": change("{actor} changed {object}", personal=True),
    # Reports
    "report.submitted": change("{actor} filed {object}"),
    "report.batch_filed": change("{actor} filed a batch of reports"),
    "report.amended": change("{actor} amended {object}", personal=True),
    "report.approved": change("{actor} approved {object}", personal=True),
    "report.returned": change("{actor} returned {object}", personal=True),
    "report.taken_up": change("{actor} took up {object}", personal=True),
    "report.released": change("{actor} released {object}", personal=True),
    "report.closed": change("{actor} closed {object}", personal=True),
    "report.reopened": change("{actor} reopened {object}", personal=True),
    "report.voided": change("{actor} voided {object}", personal=True),
    "spear.outcome": change("{actor} recorded the outcome of {object}", personal=True),
    "tav.decided": change("{actor} decided {object}", personal=True),
    "tav.outcome": change("{actor} recorded the outcome of {object}", personal=True),
    "ilead.validated": change("{actor} validated {object}", personal=True),
    "ilead.disseminated": change("{actor} passed on {object}", personal=True),
    "ilead.taken_back": change("{actor} took back the passing on of {object}", personal=True),
    "ilead.provider_revealed": read("{actor} looked at who gave the information of {object}", personal=True),
    "relation.made": change("{actor} linked {object} with another report", personal=True),
    "relation.unmade": change("{actor} unlinked {object} from another report", personal=True),
    "relations.viewed": read("{actor} looked at what {object} is linked with"),
    "report.matched": change("{object} was found to match another planned operation"),
    "match.raised": change("{object} was found"),
    "match.changed": change("{object} was compared again"),
    "match.told": change("People were told of {object}"),
    "match.taken_up": change("{actor} took up {object}"),
    "match.released": change("{actor} released {object}"),
    "match.settled": change("{actor} settled {object}", personal=True),
    "match.viewed": read("{actor} opened {object}"),
    "matches.listed": read("{actor} looked through the matches of operations"),
    "match.mailed": access("Mail about {object} was handed to the mail server"),
    "board.viewed": read("{actor} looked at the board of operations"),
    "report.reader_named": change("{actor} named a reader of {object}", personal=True),
    "report.reader_removed": change("{actor} removed a reader of {object}", personal=True),
    "report.viewed": read("{actor} opened {object}"),
    "report.opened_outside": change("{actor} opened {object} of another office for a stated reason", personal=True),
    "report.stub_viewed": read("{actor} was shown the number, kind and office of {object}"),
    "report.outside_reviewed": change("{actor} reviewed an outside reading of {object}", personal=True),
    "reports.outside_listed": read("{actor} looked through reports of all offices"),
    "reports.outside_readings_listed": read("{actor} looked through who read reports of other offices"),
    "report.version_viewed": read("{actor} opened an earlier version of {object}"),
    "report.compared": read("{actor} compared versions of {object}"),
    "report.readers_viewed": read("{actor} looked at who read {object}"),
    "report.draft_viewed": read("{actor} opened a draft amendment of {object}"),
    "reports.listed": read("{actor} looked through the reports"),
    "reports.searched": read("{actor} searched"),
    "reports.search_answered": read("{actor} was shown what a search found"),
    "reports.hinted": read("{actor} was told which reports name the same"),
    "report.alike_viewed": read("{actor} looked at what other reports share with {object}"),
    "saved_search.made": change("{actor} saved a search"),
    "saved_search.changed": change("{actor} changed a saved search"),
    "saved_search.removed": change("{actor} removed a saved search"),
    "saved_search.found": change("A saved search found a further report"),
    "saved_search.seen": change("{actor} saw what a saved search found"),
    "saved_search.mailed": access("Mail about a saved search was handed to the mail server"),
    "saved_searches.listed": read("{actor} looked through saved searches"),
    # Attachments
    "attachment.added": change("{actor} added the {object}"),
    "attachment.released": change("The {object} was checked and released"),
    "attachment.refused": change("The {object} was checked and refused", personal=True),
    "attachment.filed": change("{actor} filed the {object} with a report"),
    "attachment.described": change("{actor} said what the {object} shows"),
    "attachment.withdrawn": change("{actor} withdrew the {object}", personal=True),
    "attachment.discarded": change("{actor} removed the {object} from a draft"),
    "attachment.handed_over": change("The {object} went with its draft to somebody else"),
    "attachment.downloaded": read("{actor} downloaded the {object}"),
    "attachment.glanced": read("{actor} was shown a thumbnail of the {object}"),
    "attachment.original_taken": read("{actor} took the original of the {object}", personal=True),
    "attachments.listed": read("{actor} looked at the attachments of {object}"),
    "attachments.draft_listed": read("{actor} looked at the attachments of a draft"),
    # Paper
    "report.printed": read("{actor} printed {object}"),
    "report.comparison_printed": read("{actor} printed a comparison of versions of {object}"),
    "reports.import_began": access("An import of {object} for {actor} began"),
    "reports.imported": access("{object} were imported for {actor}"),
    # Reports of former systems
    "import.run": change("{actor} imported reports of a former system"),
    "historical.imported": change("{actor} imported a batch of historical reports"),
    "legacy.imported": change("{actor} imported a batch of legacy reports"),
    "historical.viewed": read("{actor} opened {object}"),
    "historical.listed": read("{actor} looked through the historical reports"),
    # The watch
    "queue.viewed": read("{actor} looked at the queue"),
    "inbox.viewed": read("{actor} looked at the inbox"),
    "notice.acknowledged": change("{actor} acknowledged {object}"),
    "summary.drafted": change("{actor} wrote the {object}"),
    "summary.changed": change("{actor} changed the {object}"),
    "summary.released": change("{actor} released the {object}"),
    "summary.viewed": read("{actor} opened the {object}"),
    "notice.mailed": access("Mail about {object} was handed to the mail server"),
    # Legacy social security numbers (PIA: masked; each attempt is on record before it is answered)
    "ssn.imported": change("{actor} brought in masked legacy SSNs of {object}"),
    "ssn.reveal_attempted": access("{actor} asked to see a legacy SSN of {object}", personal=True),
    "ssn.revealed": change("{actor} was granted a legacy SSN of {object}"),
    "ssn.reveal_refused": change("{actor} was refused a legacy SSN of {object}"),
    "ssn.not_opened": access("A legacy SSN of {object} could not be opened"),
    "ssn.rotated": change("{actor} sealed a batch of legacy SSNs anew"),
    "ssn.key_made": change("{actor} made a key for legacy SSNs: {object}"),
    "ssn.key_removed": change("{actor} removed a key of legacy SSNs: {object}"),
    "ssn.reveals_listed": read("{actor} looked through who was shown legacy SSNs"),
    # The SSN guard: that it fired, where and for whom, never the number
    "guard.blocked": access("{actor} typed what looks like an SSN at {object}, and it was not taken"),
    "guard.overridden": access("{actor} said that a number at {object} is not an SSN", personal=True),
    "guard.swept": access("{actor} looked for SSNs in what is stored"),
    # The log itself
    "audit.viewed": read("{actor} looked at the audit log"),
    "audit.searched": read("{actor} searched the audit log"),
    "audit.exported": read("{actor} exported the audit log"),
    "audit.person_viewed": read("{actor} looked at everything that {object} did"),
    "audit.report_viewed": read("{actor} looked at who saw {object}"),
    "audit.checkpoints_viewed": read("{actor} looked at the checkpoints of the log"),
    "audit.volume_viewed": read("{actor} looked at how much happens"),
    "audit.unusual_viewed": read("{actor} looked at unusual use"),
    "audit.review_viewed": read("{actor} opened the {object}"),
    "audit.review_signed": change("{actor} signed the {object}", personal=True),
    # Refusals
    "access.refused": refusal("{actor} was refused: {object}"),
}
