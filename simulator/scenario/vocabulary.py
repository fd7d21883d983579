"""The words of the field, each once. `docs/reference/glossary.md` explains them."""

from __future__ import annotations

from enum import StrEnum


class DataCategory(StrEnum):
    """What a meeting produces, told apart because promises usually cover only some of it."""

    AUDIO = "audio"
    VIDEO = "video"
    TRANSCRIPT = "transcript"
    CHAT = "chat"
    SCREEN_SHARE = "screen_share"
    FILES = "files"
    REACTIONS = "reactions"
    TELEMETRY = "telemetry"


UNITS: dict[DataCategory, str] = {
    DataCategory.AUDIO: "person_minutes",
    DataCategory.VIDEO: "person_minutes",
    DataCategory.TRANSCRIPT: "person_minutes",
    DataCategory.CHAT: "messages",
    DataCategory.SCREEN_SHARE: "person_minutes",
    DataCategory.FILES: "files",
    DataCategory.REACTIONS: "reactions",
    DataCategory.TELEMETRY: "person_minutes",
}
"""Unit of each category. Audio and transcript count a person's own speech; telemetry counts presence."""

RECORDING = (DataCategory.AUDIO, DataCategory.VIDEO, DataCategory.TRANSCRIPT, DataCategory.SCREEN_SHARE)
"""The categories that recording law speaks of."""


class Purpose(StrEnum):
    """What data may be used for."""

    SERVICE = "service"
    IMPROVEMENT = "improvement"
    TRAINING_FIRST_PARTY = "training_first_party"
    TRAINING_THIRD_PARTY = "training_third_party"


TRAINING = (Purpose.TRAINING_FIRST_PARTY, Purpose.TRAINING_THIRD_PARTY)


class Actor(StrEnum):
    """Who settles a stage."""

    PROVIDER = "provider"
    ACCOUNT_OWNER = "account_owner"
    ADMIN = "admin"
    HOST = "host"
    PARTICIPANT = "participant"
    BOT_OWNER = "bot_owner"


class Affects(StrEnum):
    """Whom a stage binds: only the one who answers, or everybody in the meeting."""

    SELF = "self"
    MEETING = "meeting"


class At(StrEnum):
    """When a stage happens. What people settle for themselves in their account holds in all their meetings."""

    ACCOUNT = "account"
    SCHEDULE = "schedule"
    JOIN = "join"
    IN_MEETING = "in_meeting"
    AFTER = "after"


class Effect(StrEnum):
    """What taking an option does."""

    GRANT = "grant"
    DENY = "deny"
    DEFER = "defer"
    LEAVE = "leave"
    NONE = "none"


class JoinOutcome(StrEnum):
    """What somebody whom a flow asked did, as one counts it in a live flow."""

    AGREED = "agreed"
    REFUSED = "refused"
    LEFT = "left"


class Default(StrEnum):
    """What holds when nobody answers."""

    ON = "on"
    OFF = "off"
    NONE = "none"


class Refusal(StrEnum):
    """What happens to somebody who says no."""

    LEAVE = "leave"
    VIEW_ONLY = "view_only"
    STOP_FOR_ALL = "stop_for_all"
    ASK_HOST = "ask_host"
    EXCLUDED = "excluded"


class ToggleSetting(StrEnum):
    """What an option does to the stage's toggles."""

    AS_SET = "as_set"
    ALL_ON = "all_on"
    ALL_OFF = "all_off"


class Channel(StrEnum):
    """How somebody joins."""

    DESKTOP = "desktop"
    MOBILE = "mobile"
    PHONE = "phone"
    ROOM = "room"


class Role(StrEnum):
    """What somebody is to the host of this meeting. A subordinate is an employee whose superior hosts."""

    HOST = "host"
    SUBORDINATE = "subordinate"
    PEER = "peer"
    EXTERNAL = "external"


class Confidentiality(StrEnum):
    """How secret the talk of a meeting is."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    PRIVILEGED = "privileged"
    HEALTH = "health"
    INSIDE_INFORMATION = "inside_information"


class Sector(StrEnum):
    """What people do in a meeting, where rules tell it apart."""

    WORK = "work"
    EDUCATION = "education"


class WorksCouncil(StrEnum):
    """Whether a works council has its say in the tool."""

    NONE = "none"
    AGREED = "agreed"
    NOT_AGREED = "not_agreed"


class Row(StrEnum):
    """The rows of the ledger that take something away, in the order in which they are tried; last, what is left."""

    ABSENT = "absent"
    NOT_CAPTURED = "not_captured"
    REFUSED = "refused"
    INSEPARABLE = "inseparable"
    VOID = "void"
    WITHDRAWN = "withdrawn"
    KEPT = "kept"


class VoidTest(StrEnum):
    """Why a claimed consent might not stand. Tried in this order; the first that fails is the reason.

    What voids the speaker's own consent comes first; that the meeting should not have been recorded comes last.
    """

    EXCLUDED = "excluded"
    MINOR = "minor"
    NOT_OWN_CHOICE = "not_own_choice"
    PRE_TICKED = "pre_ticked"
    FORCED = "forced"
    DETRIMENT = "detriment"
    BUNDLED = "bundled"
    UNEQUAL_PATH = "unequal_path"
    WITHDRAWAL = "withdrawal"
    POWER_GAP = "power_gap"
    VOICEPRINT = "voiceprint"
    RECORDING = "recording"


class Verdict(StrEnum):
    """What a rule says of a consent that has the feature it tests for."""

    VOID = "void"
    STANDS = "stands"
    UNSETTLED = "unsettled"


class Reading(StrEnum):
    """How unsettled rules are read: strict makes them void, lenient lets the consent stand."""

    STRICT = "strict"
    LENIENT = "lenient"


class Known(StrEnum):
    """How a figure is known, best first. A result inherits the weakest it used."""

    MEASURED = "measured"
    PUBLISHED = "published"
    ESTIMATED = "estimated"
    MEMORY = "memory"
    ASSUMPTION = "assumption"


class Answer(StrEnum):
    """What respondents of a study did. Everybody gives exactly one of the first five; the rest are made up of them."""

    ACCEPT_ALL = "accept_all"
    ACCEPT_SOME = "accept_some"
    REJECT_ALL = "reject_all"
    NO_ANSWER = "no_answer"
    LEAVE = "leave"
    ACCEPT = "accept"
    DECIDE = "decide"
    CONSENT = "consent"
    UNREAD = "unread"
    VARIED = "varied"


class EvidenceRole(StrEnum):
    """What a study is for."""

    CALIBRATION = "calibration"
    CONTEXT = "context"
    RESERVE = "reserve"


class Read(StrEnum):
    """How the figures of an arm were read."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    MEMORY = "memory"
    NOT_SEEN = "not_seen"


class Mechanism(StrEnum):
    """In what the design of an arm departs from that of its control."""

    BURY_REFUSAL = "bury_refusal"
    BURY_CONSENT = "bury_consent"
    ORDER = "order"
    PROMINENCE = "prominence"
    PRESELECT = "preselect"
    PRESELECT_REFUSAL = "preselect_refusal"
    GRANULAR = "granular"
    NEGATION = "negation"
    URGING = "urging"


class ConsentStatus(StrEnum):
    """State of one person's consent to one use, in the words of the W3C Data Privacy Vocabulary 2.3."""

    REQUESTED = "requested"
    GIVEN = "given"
    REFUSED = "refused"
    DEFERRED = "deferred"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    EXPIRED = "expired"
    INVALIDATED = "invalidated"
    UNKNOWN = "unknown"


class RecordField(StrEnum):
    """What a record of a consent must hold by ISO/IEC TS 27560:2023; the last five once for each event."""

    SCHEMA_VERSION = "schema_version"
    RECORD_ID = "record_id"
    PRINCIPAL_ID = "principal_id"
    PRIVACY_NOTICE = "privacy_notice"
    LANGUAGE = "language"
    PURPOSE = "purpose"
    PII_TYPE = "pii_type"
    CONTROLLERS = "controllers"
    STORAGE_LOCATIONS = "storage_locations"
    RETENTION_PERIOD = "retention_period"
    JURISDICTION = "jurisdiction"
    RECIPIENTS = "recipients"
    WITHDRAWAL_METHOD = "withdrawal_method"
    EVENT_TIME = "event_time"
    VALIDITY_DURATION = "validity_duration"
    ENTITY_ID = "entity_id"
    EVENT_TYPE = "event_type"
    EVENT_STATE = "event_state"
