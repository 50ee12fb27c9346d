"""Whether anything recorded was changed, lost or made up since, and where it begins."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from time import perf_counter

from app.db import access_log, erasure, ledger_lines, publications, sealed_reports
from app.db.database import Connection, Database
from app.db.ledger_lines import Head
from app.domain.access_log import chain_number
from app.domain.erasure import ErasedPart, positions_in
from app.domain.ledger import PUBLICATIONS, SEALED_REPORTS
from app.services import rebuild
from app.services.checkpoint_evidence import Evidence, Marks, Proof, examined
from app.services.ledger_check import (
    NOTHING_ERASED,
    ChainLine,
    Recorded,
    Seen,
    check_chain,
    check_links,
)
from app.services.seal_check import SealsSeen, check_seals
from app.services.tampering import EXIT_CODES, Finding, Findings, Tampering

OnProgress = Callable[[int], None]
LINES_PER_REPORT = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was looked at, and what was found, the gravest first.

    *seconds* are those that the chains took, without the read model.
    """

    lines: int
    ledgers: int
    looks: int
    erased: int
    checkpoints: int
    seals: int
    publications: int
    seconds: float
    notices: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """Return the exit code of the gravest finding, 0 without any."""
        return EXIT_CODES[self.findings[0].tampering] if self.findings else 0


def verify(
    database: Database,
    evidence: Evidence,
    *,
    with_read_model: bool,
    on_progress: OnProgress = lambda _: None,
) -> Report:
    """Return what is wrong with whatever is chained, checkpoints and read model.

    *on_progress* is told the number of lines done.

    Raises:
        CheckpointFileError: the checkpoints cannot be read.
        DatabaseUnavailableError: the database did not answer.
    """
    findings = Findings()
    began = perf_counter()
    # What the database remembers of the file first, then the file, then the ledgers:
    # what is written meanwhile is more than is asked for, never less.
    with database.read() as question:
        ends = ledger_lines.file_ends(question.connection)
    proof = examined(evidence, ends, findings)
    with database.read() as question:
        ledger_lines.hold_no_table(question)
        seals = check_seals(
            sealed_reports.in_order(question.connection),
            marks=proof.marks.get(SEALED_REPORTS, {}),
            findings=findings,
        )
        published = check_links(
            PUBLICATIONS,
            publications.in_order(question.connection),
            called="publications",
            marks=proof.marks.get(PUBLICATIONS, {}),
            findings=findings,
        )
        of_ledgers, of_looks = _marks(proof, seals)
        recorded = _recorded_erasures(question.connection)
        ledgers = _chains(
            _counted(ledger_lines.left(question.connection), on_progress),
            ledger_lines.heads(question.connection),
            of_ledgers,
            recorded,
            findings,
        )
        looks = _chains(
            access_log.stored(question.connection),
            access_log.heads(question.connection),
            of_looks,
            recorded,
            findings,
        )
    seconds = perf_counter() - began
    notices = [*proof.notices, *_uncovered({**ledgers, **looks}, proof)]
    if with_read_model and findings.of_ledgers():
        notices.append("The read model was not compared: first mend the ledgers.")
    elif with_read_model:
        _compare_read_model(database, findings)
    return Report(
        lines=sum(each.lines for each in ledgers.values()),
        ledgers=len(ledgers),
        looks=sum(each.lines for each in looks.values()),
        erased=sum(each.erased for each in (*ledgers.values(), *looks.values())),
        checkpoints=proof.lines,
        seals=seals.seals,
        publications=published.lines,
        seconds=seconds,
        notices=tuple(notices),
        findings=findings.in_order(),
    )


def _marks(
    proof: Proof, seals: SealsSeen
) -> tuple[Mapping[str, Marks], Mapping[str, Marks]]:
    """Return what must stand in the ledgers, and in the chains of the access log.

    A checkpoint is believed before a seal.
    """
    numbered = {SEALED_REPORTS, PUBLICATIONS}
    places = (proof.marks.keys() | seals.marks.keys()) - numbered
    marks = {
        place: {**seals.marks.get(place, {}), **proof.marks.get(place, {})}
        for place in places
    }
    chains = {place for place in places if chain_number(place) is not None}
    return (
        {place: marks[place] for place in places - chains},
        {place: marks[place] for place in chains},
    )


def _chains(
    lines: Iterable[ChainLine],
    heads: Mapping[str, Head],
    marks: Mapping[str, Marks],
    recorded: Mapping[str, Recorded],
    findings: Findings,
) -> dict[str, Seen]:
    def check(place: str, lines: Iterable[ChainLine]) -> Seen:
        return check_chain(
            place,
            lines,
            head=heads.get(place),
            marks=marks.get(place, {}),
            recorded=recorded.get(place, NOTHING_ERASED),
            findings=findings,
        )

    seen = {
        place: check(place, own)
        for place, own in groupby(lines, key=lambda line: line.place)
    }
    # One that has lost every line is heard of only from its head and its checkpoints.
    for place in (heads.keys() | marks.keys()) - seen.keys():
        seen[place] = check(place, ())
    return seen


def _recorded_erasures(connection: Connection) -> dict[str, Recorded]:
    """Return what the service's own ledger says is erased of each chain.

    Whether that ledger is what it was is looked at with all others.
    """
    positions: dict[str, dict[ErasedPart, set[int]]] = defaultdict(
        lambda: {part: set() for part in ErasedPart}
    )
    for each in erasure.recorded(connection):
        for lines in each.data.lines:
            positions[lines.source][each.data.part].update(
                positions_in(lines.positions)
            )
    return {
        source: Recorded(data=parts[ErasedPart.DATA], line=parts[ErasedPart.LINE])
        for source, parts in positions.items()
    }


def _counted(
    lines: Iterable[ChainLine], on_progress: OnProgress
) -> Iterator[ChainLine]:
    for done, line in enumerate(lines, start=1):
        yield line
        if done % LINES_PER_REPORT == 0:
            on_progress(done)


def _uncovered(seen: Mapping[str, Seen], proof: Proof) -> Iterator[str]:
    uncovered = sum(
        max(each.lines - max(proof.marks.get(source, {}), default=0), 0)
        for source, each in seen.items()
    )
    if proof.marks and uncovered:
        yield f"{uncovered} lines are newer than the last checkpoint of their chain."


def _compare_read_model(database: Database, findings: Findings) -> None:
    try:
        for difference in rebuild.check(database):
            key = difference.version.key
            known = f"known since {difference.version.recorded_at:%Y-%m-%d %H:%M:%S}"
            what = f"case {key.case_ref}, {key.subject}, {known}: " + (
                "the events do not say so" if difference.is_stored else "it is missing"
            )
            findings.add(Tampering.READ_MODEL, key.source, None, what)
    except (ValueError, KeyError, TypeError) as error:
        # Data that were sealed as they are, and that no version of ours has written.
        what = f"the events cannot be read ({type(error).__name__})"
        findings.add(Tampering.READ_MODEL, "all", None, what)
