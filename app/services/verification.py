"""Whether anything recorded was changed, lost or made up since, and where it begins."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from time import perf_counter

from app.db import erasure, ledger_lines, sealed_reports
from app.db.database import Connection, Database
from app.db.ledger_lines import LineLeft
from app.domain.erasure import ErasedPart, positions_in
from app.domain.ledger import SEALED_REPORTS
from app.services import rebuild
from app.services.checkpoint_evidence import Evidence, Marks, Proof, examined
from app.services.ledger_check import Recorded, Seen, check_ledger
from app.services.seal_check import SealsSeen, check_seals
from app.services.tampering import EXIT_CODES, Finding, Findings, Tampering

OnProgress = Callable[[int], None]
LINES_PER_REPORT = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was looked at, and what was found, the gravest first.

    *seconds* are those that the ledgers took, without the read model.
    """

    lines: int
    ledgers: int
    erased: int
    checkpoints: int
    seals: int
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
    """Return what is wrong with ledgers, sealed reports, checkpoints and read model.

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
        ledger_lines.freeze(question.connection)
        seals = check_seals(
            sealed_reports.in_order(question.connection),
            marks=proof.marks.get(SEALED_REPORTS, {}),
            findings=findings,
        )
        marks = _marks_of_ledgers(proof, seals)
        seen = _ledgers(question.connection, marks, findings, on_progress)
    seconds = perf_counter() - began
    notices = [*proof.notices, *_uncovered(seen, proof)]
    if with_read_model and findings.of_ledgers():
        notices.append("The read model was not compared: first mend the ledgers.")
    elif with_read_model:
        _compare_read_model(database, findings)
    return Report(
        lines=sum(each.lines for each in seen.values()),
        ledgers=len(seen),
        erased=sum(each.erased for each in seen.values()),
        checkpoints=proof.lines,
        seals=seals.seals,
        seconds=seconds,
        notices=tuple(notices),
        findings=findings.in_order(),
    )


def _marks_of_ledgers(proof: Proof, seals: SealsSeen) -> dict[str, Marks]:
    """Return what must stand in the ledgers; a checkpoint is believed before a seal."""
    sources = (proof.marks.keys() | seals.marks.keys()) - {SEALED_REPORTS}
    return {
        source: {**seals.marks.get(source, {}), **proof.marks.get(source, {})}
        for source in sources
    }


def _ledgers(
    connection: Connection,
    marks: Mapping[str, Marks],
    findings: Findings,
    on_progress: OnProgress,
) -> dict[str, Seen]:
    heads = ledger_lines.heads(connection)
    recorded = _recorded_erasures(connection)

    def check(source: str, lines: Iterable[LineLeft]) -> Seen:
        return check_ledger(
            source,
            lines,
            head=heads.get(source),
            marks=marks.get(source, {}),
            recorded=recorded.get(source, Recorded()),
            findings=findings,
        )

    lines = _counted(ledger_lines.left(connection), on_progress)
    seen = {
        source: check(source, own)
        for source, own in groupby(lines, key=lambda left: left.source)
    }
    # One that has lost every line is heard of only from its head and its checkpoints.
    for source in (heads.keys() | marks.keys()) - seen.keys():
        seen[source] = check(source, ())
    return seen


def _recorded_erasures(connection: Connection) -> dict[str, Recorded]:
    """Return what the service's own ledger says is erased of each ledger.

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


def _counted(lines: Iterable[LineLeft], on_progress: OnProgress) -> Iterator[LineLeft]:
    for done, left in enumerate(lines, start=1):
        yield left
        if done % LINES_PER_REPORT == 0:
            on_progress(done)


def _uncovered(seen: Mapping[str, Seen], proof: Proof) -> Iterator[str]:
    uncovered = sum(
        max(each.lines - max(proof.marks.get(source, {}), default=0), 0)
        for source, each in seen.items()
    )
    if proof.marks and uncovered:
        yield f"{uncovered} lines are newer than the last checkpoint of their ledger."


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
