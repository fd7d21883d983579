"""What a design check finds, and the definition of every check: what it looks for, how grave, by which rule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Loc = tuple[str | int, ...]
"""Keys and 0-based item numbers that lead from the top of a flow's file to one value."""


class Level(StrEnum):
    """How grave a finding is, gravest first.

    error: a rule says that a consent taken so does not count, or that the design is not allowed, and the file alone
    shows the fact. warning: guidance, cases or the rule of one place count it against the consent, or the fact rests
    on a judgement. note: not known, slight, or pushing against granting. Where only the service itself is at stake,
    a finding is one level milder.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def milder(self) -> Level:
        """One level down; a note stays a note."""
        return Level.WARNING if self is Level.ERROR else Level.NOTE


@dataclass(frozen=True)
class Finding:
    """One deceptive design pattern in a flow, its mirror image, or what is not known about it."""

    id: str
    """Id of the check."""
    level: Level
    message: str
    """One sentence with the values."""
    pattern: str
    """The pattern's place in a published taxonomy."""
    rule: str
    """Where the rule comes from."""
    loc: Loc
    """Where in the flow's file."""
    mirrored: bool = False
    """The same design turned round: it pushes against granting."""
    known: bool = True
    """False: the file does not say what the check needs."""


@dataclass(frozen=True, kw_only=True)
class Definition:
    """What one check looks for."""

    id: str
    title: str
    says: str
    """When the check finds something."""
    mirror: str | None = None
    """When it finds the mirror image; None where there is none."""
    level: Level
    why: str
    """Why this level."""
    pattern: str
    rule: str

    def found(self, message: str, loc: Loc, *, level: Level | None = None) -> Finding:
        """A finding of this check."""
        return Finding(self.id, level or self.level, message, self.pattern, self.rule, loc)

    def mirrored(self, message: str, loc: Loc) -> Finding:
        """The mirror image."""
        return Finding(self.id, Level.NOTE, message, self.pattern, self.rule, loc, mirrored=True)

    def unknown(self, message: str, loc: Loc) -> Finding:
        """What the file would have to say."""
        return Finding(self.id, Level.NOTE, message, self.pattern, self.rule, loc, known=False)


DEFINITIONS = (
    Definition(
        id="c1_steps",
        title="Refusing takes more clicks than granting",
        says=(
            "The fewest clicks to refuse all that a stage asks for, while staying in the meeting, are more than the "
            "fewest to grant any of it. Silence takes no click, and to put off is not to refuse."
        ),
        mirror=(
            "The fewest clicks to grant all that a stage asks for are more than the fewest to refuse any of it, and "
            "more than one."
        ),
        level=Level.ERROR,
        why="The California rule forbids the longer path in so many words, and clicks can be counted.",
        pattern="obstructing: longer than necessary (EDPB 03/2022)",
        rule="11 CCR 7004(a)(2); 4 CCR 904-3-7.09(A)(1)(b)",
    ),
    Definition(
        id="c2_withdrawal",
        title="Taking back is harder than granting",
        says=(
            "Nobody can take a grant back, or only somebody other than the participant, or it takes the participant "
            "more clicks than granting did; one click is always allowed for."
        ),
        level=Level.ERROR,
        why="The rules say that taking back is as easy as giving; the file says who can, and in how many clicks.",
        pattern="obstructing: dead end (EDPB 03/2022)",
        rule="GDPR art. 7(3); DPDP Act s. 6(4); PIPL art. 15",
    ),
    Definition(
        id="c3_preselected",
        title="Granted before anybody answers",
        says=(
            "A default or a toggle stands on for a use beyond the service itself, or an option grants such a use "
            "without a click."
        ),
        level=Level.ERROR,
        why="The court and the recital say that silence and boxes already ticked are no consent.",
        pattern="skipping: deceptive snugness (EDPB 03/2022)",
        rule="CJEU C-673/17 (Planet49); GDPR rec. 32; 4 CCR 904-3-7.09(A)(3)",
    ),
    Definition(
        id="c4_no_refuse_option",
        title="No option refuses",
        says=(
            "The options of a stage grant, or grant and put off; none refuses, and staying silent does not refuse "
            "either, unless the other option is to put off."
        ),
        level=Level.ERROR,
        why='The California rule names "yes" beside "ask me later" as no choice.',
        pattern="forced action; nagging (Gray 2018)",
        rule="11 CCR 7004(a)(2)(B)",
    ),
    Definition(
        id="c5_accept_or_leave",
        title="Go along, or do not take part",
        says=(
            "Whoever does not grant has to leave, or stays muted and unseen; or participants are only told what others "
            "granted, and can go on or leave."
        ),
        level=Level.ERROR,
        why=(
            "The guidelines read the regulation so that without a real choice, or at a cost, there is no consent. A "
            "warning where one can stay by not answering, or stays muted: the cost of that differs between meetings."
        ),
        pattern="forced action (Gray 2018)",
        rule="EDPB 05/2020 paras 13-15; GDPR art. 7(4); DPDP Act s. 6(1)",
    ),
    Definition(
        id="c6_bundling",
        title="One click grants training with something else",
        says="One option, or one toggle, grants training together with another purpose.",
        level=Level.ERROR,
        why="The recital presumes that such a consent is not free, and the California rule that it does not count.",
        pattern="sneaking (Gray 2018)",
        rule="11 CCR 7004(a)(4)(B); GDPR rec. 43; CAI guidelines of 31 October 2023 (Quebec)",
    ),
    Definition(
        id="c7_prominence",
        title="Granting stands out more",
        says=(
            "The most prominent option that grants stands out more than the most prominent one that does not. Order "
            "alone is not counted, as one of them has to come first."
        ),
        mirror="The most prominent option that does not grant stands out more than the most prominent one that does.",
        level=Level.WARNING,
        why="The Colorado rule names size, font, styling and colour; a file has one number, its author's judgement.",
        pattern="interface interference (Gray 2018)",
        rule="4 CCR 904-3-7.09(A)(1)(a)",
    ),
    Definition(
        id="c8_wording",
        title="Words that push or confuse",
        says=(
            "A label or text holds a phrase of guilt or loss from a short English list, or two negations in one "
            "clause; or the question is put as a negation."
        ),
        mirror="A label or text holds a phrase from a short English list that shames or frightens whoever grants.",
        level=Level.WARNING,
        why="A list of phrases finds some and misses others; a reader has to judge.",
        pattern="stirring: emotional steering (EDPB 03/2022); confirmshaming, trick wording (Mathur 2019)",
        rule="4 CCR 904-3-7.09(A)(2) and (7)(b); 11 CCR 7004(a)(3)",
    ),
    Definition(
        id="c9_someone_else_decides",
        title="Somebody else grants for everybody",
        says="An actor other than the participant grants what no stage asks of participants themselves.",
        level=Level.ERROR,
        why=(
            "Consent is the person's own act. A use may rest on something other than consent; the file does not say, "
            "and then this is no consent all the same."
        ),
        pattern="forced action (Gray 2018), by way of somebody else",
        rule="GDPR art. 4(11) and 7; BIPA s. 15(b)",
    ),
    Definition(
        id="c10_vague_purpose",
        title="Training is not named",
        says=(
            "A stage can grant training, and its words do not name training or models; or participants are asked "
            "about improvement alone, while others grant training on the same data. English words only."
        ),
        level=Level.WARNING,
        why="Guidance, in Singapore still a draft; and single words are looked for, not meaning.",
        pattern="left in the dark: ambiguous wording (EDPB 03/2022)",
        rule="OAIC guidance of 21 October 2024; PDPC draft guidelines of 2 June 2026",
    ),
    Definition(
        id="c11_late_notice",
        title="Told after it began",
        says=(
            "The first stage that tells participants anything comes in the meeting or after it, and somebody else "
            "granted before what participants are not asked for."
        ),
        level=Level.WARNING,
        why="A file gives the order of stages, not the moment at which data are taken.",
        pattern="left in the dark (EDPB 03/2022)",
        rule="ISO/IEC 29184:2020, 5.2.5; GDPR art. 13(1)",
    ),
    Definition(
        id="c12_channel_gap",
        title="Some are neither asked nor told",
        says="For some channels or roles no stage asks or tells participants anything, and others grant for them.",
        level=Level.WARNING,
        why="What some channels show is seldom published, and files are the weaker for it.",
        pattern="fickle: inconsistent interface (EDPB 03/2022)",
        rule="GDPR art. 13(1); cases: X (2024), Webex",
    ),
    Definition(
        id="c13_depth",
        title="More than four clicks to say no to training",
        says="Refusing training, or taking it back, takes more than four clicks.",
        mirror="Granting training takes more than four clicks.",
        level=Level.WARNING,
        why="A standard of one country, whose count starts at the main menu; a file's count starts at the stage.",
        pattern="overloading: privacy maze (EDPB 03/2022)",
        rule="TC260-003-2024 (China)",
    ),
    Definition(
        id="c14_retroactive_terms",
        title="Terms reach back",
        says="The terms reach data that were already held when they changed, for a use beyond the service itself.",
        level=Level.WARNING,
        why="The FTC says that it may be unfair or deceptive; it depends on what was promised before.",
        pattern="sneaking (Gray 2018)",
        rule="FTC statement of 13 February 2024; OAIC guidance of 21 October 2024",
    ),
    Definition(
        id="c15_reask",
        title="A refusal is asked again, a grant is not",
        says="Whoever refuses can be asked for the same again in the same meeting, and whoever grants is not.",
        mirror="Whoever grants can be asked for the same again in the same meeting, and whoever refuses is not.",
        level=Level.WARNING,
        why="Guidelines and cases, not a rule; asking again once may serve to correct a slip.",
        pattern="overloading: continuous prompting (EDPB 03/2022); nagging (Gray 2018)",
        rule="EDPB 03/2022; case: Meta's objection form in the EU (2024, 2025)",
    ),
    Definition(
        id="c16_paid_refusal",
        title="Refusing costs money",
        says="A use beyond the service itself can be refused on a dearer plan only.",
        level=Level.WARNING,
        why="Cases, not a rule; it depends on the price and on who pays.",
        pattern="obstruction (Gray 2018)",
        rule="case: Atlassian data contribution (2026)",
    ),
    Definition(
        id="c17_deadline",
        title="Putting off becomes a grant",
        says="The default is on, and an option puts off or the stage stops asking, after which the default holds.",
        level=Level.WARNING,
        why="Cases; that the default is on is an error of its own (c3_preselected).",
        pattern="urgency (Mathur 2019)",
        rule="cases: Meta (2025), Claude (2025), Atlassian (2026); GDPR rec. 32",
    ),
    Definition(
        id="c18_non_user",
        title="Nobody whose data are taken is told",
        says=(
            "Others grant for everybody in the meeting, and no stage asks or tells participants anything. One of "
            "prominence 0, which nothing leads to, does neither."
        ),
        level=Level.ERROR,
        why="The regulation says that people are told when their data are taken from them.",
        pattern="left in the dark (EDPB 03/2022)",
        rule="GDPR art. 13(1); suits, pending: Otter (2025), Fireflies (2025)",
    ),
    Definition(
        id="c19_record",
        title="The record of a consent lacks fields",
        says="The record that is kept of a consent lacks a field that the standard makes mandatory.",
        level=Level.WARNING,
        why="A standard; the law asks for proof of consent, not for these fields.",
        pattern="none: a missing proof, not a way of asking",
        rule="ISO/IEC TS 27560:2023; GDPR art. 7(1)",
    ),
)
"""All checks, in order."""

DEFINITION = {definition.id: definition for definition in DEFINITIONS}
