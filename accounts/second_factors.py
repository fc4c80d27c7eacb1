"""The second factor: giving it at sign-in, setting it up, replacing and removing it, and the codes for its loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from accounts import open_sessions, passkeys, readiness, recovery, sessions, totp, wrong_codes
from accounts.access import Refused, action
from accounts.actions import require
from accounts.factor_mail import tell
from accounts.models import RecoveryCode, SecondFactor, User
from audit.log import record

TOTP, PASSKEY = SecondFactor.Kind.TOTP, SecondFactor.Kind.PASSKEY
MOST = 10


def of(user: User) -> list[SecondFactor]:
    return list(SecondFactor.objects.filter(user=user).order_by("added_at", "pk"))


def codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def _locked(user: User) -> list[SecondFactor]:
    """The factors of a person, who has one act about them at a time."""
    wrong_codes.one_at_a_time(user)
    return list(SecondFactor.objects.select_for_update().filter(user=user).order_by("added_at", "pk"))


# -- Giving it ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Proof:
    """Whether a second factor was right. If not: how long codes are not taken, and if this one has locked them."""

    right: bool
    wait_seconds: int = 0
    locks: bool = False


@action
def prove_by_code(typed: str, *, session: SessionBase, by: User) -> Proof:
    """A code of the app or a recovery code. A wrong one is counted and stays on record, so this does not raise."""
    factors = _locked(by)
    if wait := wrong_codes.wait(by):
        _refuse(by, "locked")
        return Proof(False, wait)
    if recovery.could_be(typed):
        way, why = ("recovery code", "") if _use_recovery(typed, by) else ("", "wrong recovery code")
    else:
        way, why = _use_app(recovery.plain(typed), factors)
    if not way:
        return _wrong(by, why)
    wrong_codes.forgive(by)
    _given(session, by, way)
    return Proof(True)


def _use_app(code: str, factors: list[SecondFactor]) -> tuple[str, str]:
    """By which way, or why not."""
    app = next((one for one in factors if one.kind == TOTP), None)
    if app is None:
        return "", "no app"
    try:
        secret = totp.opened(bytes(app.stored), app.user_id)
    except totp.Unreadable:
        return "", "unreadable"
    if (step := totp.step_of(secret, code)) is None:
        return "", "wrong"
    # The same code a second time, and one of an earlier step than the last, was looked at over somebody's shoulder.
    if step <= app.last_step and (step := totp.step_of(secret, code, after=app.last_step)) is None:
        return "", "replayed"
    _used(app, step)
    return "app", ""


def _used(factor: SecondFactor, step: int) -> None:
    factor.last_step, factor.last_used_at = step, timezone.now()
    factor.save(update_fields=["last_step", "last_used_at"])


def _use_recovery(typed: str, by: User) -> bool:
    """Whether it is an unused one; it is used now, and the person is told."""
    unused = RecoveryCode.objects.select_for_update().filter(user=by, used_at=None)
    code = unused.filter(code_hash__in=recovery.hashes_of(typed, by.pk)).first()
    if code is None:
        return False
    code.used_at = timezone.now()
    code.save(update_fields=["used_at"])
    tell(by, "code used", record("recovery_code.used", by=by, on=by, left=codes_left(by)))
    return True


@action
def prove_by_passkey(answer: str, *, session: SessionBase, by: User) -> Proof:
    """The answer of a browser. It cannot be guessed, so it is taken while codes are not, and is not counted."""
    factors = _locked(by)
    try:
        given = passkeys.proved(session, answer, factors)
    except passkeys.NotGenuine:
        _refuse(by, "passkey")
        return Proof(False)
    factor = next(one for one in factors if one.credential is not None and bytes(one.credential) == given.credential)
    if not passkeys.counts_on(factor.last_step, given.counter):
        _refuse(by, "passkey counter")
        return Proof(False)
    _used(factor, given.counter)
    _given(session, by, "passkey")
    return Proof(True)


def _given(session: SessionBase, by: User, way: str) -> None:
    record("session.second_factor", by=by, on=by, way=way)
    sessions.second_factor_given(session)


def _wrong(by: User, why: str) -> Proof:
    number, locks = _refuse(by, why), wrong_codes.note(by)
    if locks:
        tell(by, "locked", number)
    return Proof(False, wrong_codes.wait(by), locks)


def _refuse(user: User, why: str) -> int:
    on: dict[str, Any] = {"by": None, "on": user, "origin": user.origin, "outcome": "refused"}
    return record("session.second_factor_refused", why=why, **on)


# -- Setting it up -----------------------------------------------------------------------------------------------------
@action
def add_app(secret: bytes, code: str, *, session: SessionBase, by: User) -> list[str]:
    """The app that shows this code becomes the person's, in place of another. Gives the recovery codes made."""
    factors = _locked(by)
    _refuse_unproved(session, factors)
    step = totp.step_of(secret, recovery.plain(code))
    if step is None:
        raise Refused(
            "This code does not fit. Check that the clock of your phone is right, then enter the code shown now."
        )
    for old in [one for one in factors if one.kind == TOTP]:
        _remove(old, by, replaced=True)
    stored = totp.sealed(secret, by.pk)
    return _add(SecondFactor(user=by, kind=TOTP, name=TOTP.label, stored=stored, last_step=step), session, by)


@action
def add_passkey(answer: str, name: str, *, session: SessionBase, by: User) -> list[str]:
    """A passkey that the browser has just made. Gives the recovery codes made."""
    factors = _locked(by)
    _refuse_unproved(session, factors)
    if len(factors) >= MOST:
        raise Refused(f"You have {MOST} already. Remove one that you no longer use first.")
    try:
        new = passkeys.made(session, answer)
    except passkeys.NotGenuine as error:
        raise Refused("This passkey could not be checked. Nothing was added. Try again.") from error
    if SecondFactor.objects.filter(credential=new.credential).exists():
        raise Refused("This passkey is in use already. Choose another one.")
    factor = SecondFactor(
        user=by, kind=PASSKEY, name=name, stored=new.stored, credential=new.credential, last_step=new.counter
    )
    return _add(factor, session, by)


def _refuse_unproved(session: SessionBase, factors: list[SecondFactor]) -> None:
    """Who knows the password alone adds nothing to what the person has already."""
    if sessions.is_pending(session) or (factors and not sessions.is_proved(session)):
        raise Refused("Give your second factor first. Open this page again to do so.")


def _add(factor: SecondFactor, session: SessionBase, by: User) -> list[str]:
    factor.added_at = timezone.now()
    factor.save(force_insert=True)
    tell(by, "added", record("second_factor.added", by=by, on=by, what=factor.kind))
    if not sessions.is_proved(session):  # it was used just now
        _given(session, by, "set up")
    return [] if codes_left(by) else _new_codes(by)[0]


@action
def make_codes(*, session: SessionBase, by: User) -> list[str]:
    """Ten new recovery codes in place of those that were left."""
    factors = _locked(by)
    if not factors:
        raise Refused("Recovery codes stand in for a second factor. Set one up first.")
    _refuse_unproved(session, factors)
    codes, number = _new_codes(by)
    tell(by, "codes made", number)
    return codes


def _new_codes(by: User) -> tuple[list[str], int]:
    """The codes and the number of their event. Those from before, used or not, are gone."""
    RecoveryCode.objects.filter(user=by).delete()
    codes = recovery.new_codes()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=by, code_hash=recovery.hash_of(code, by.pk)) for code in codes)
    return codes, record("recovery_codes.made", by=by, on=by, count=len(codes))


# -- Removing it -------------------------------------------------------------------------------------------------------
@action
def remove(factor: SecondFactor, *, session: SessionBase, by: User) -> None:
    """Take away one of one's own; whoever must have one keeps the last."""
    factors = _locked(by)
    _refuse_unproved(session, factors)
    mine = next((one for one in factors if one.pk == factor.pk), None)
    if mine is None:
        raise Refused("This second factor is no longer there. Nothing was changed.")
    if len(factors) == 1 and readiness.must_prove(by):
        raise Refused("Your roles need a second factor, and this is your last. Set up another one first.")
    _remove(mine, by)
    if len(factors) == 1:
        RecoveryCode.objects.filter(user=by).delete()


def _remove(factor: SecondFactor, by: User, *, replaced: bool = False) -> None:
    kind = factor.kind
    factor.delete()
    number = record("second_factor.removed", by=by, on=by, what=kind, replaced=replaced)
    if not replaced:  # the mail about the new one says enough
        tell(by, "removed", number)


@action
def remove_all(user: User, *, by: User, reason: str) -> None:
    """Somebody has lost every factor and was known for who they are: the next sign-in asks to set up anew."""
    require(by, "grant_roles")
    if by.person_key == user.person_key:
        raise Refused("You cannot remove your own second factors. Ask another Access Control Manager.")
    factors = _locked(user)
    codes = RecoveryCode.objects.filter(user=user)
    if not factors and not codes.exists():
        raise Refused("This person has no second factor, so nothing was removed.")
    SecondFactor.objects.filter(user=user).delete()
    codes.delete()
    wrong_codes.forgive(user)
    open_sessions.end_all(user, by=by)
    kinds = [one.kind for one in factors]
    tell(user, "all removed", record("second_factor.removed", by=by, on=user, what=kinds, reason=reason))
