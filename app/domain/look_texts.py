"""What people call looks: their reasons, their ways, and what became of them."""

from collections.abc import Mapping

from app.domain.access import Role
from app.domain.access_log import LookReason, Result
from app.domain.texts import Text

REASONS: Mapping[LookReason, Text] = {
    LookReason.EMERGENCY_DUTY: Text(fi="päivystys", sv="jour", en="on emergency duty"),
    LookReason.SUBSTITUTION: Text(fi="sijaisuus", sv="vikariat", en="substitution"),
    LookReason.TRANSFER: Text(
        fi="asian siirto", sv="överföring av ärendet", en="transfer of the case"
    ),
    LookReason.SUPERVISION: Text(fi="valvonta", sv="tillsyn", en="supervision"),
    LookReason.CLIENT_REQUEST: Text(
        fi="asiakkaan pyyntö", sv="klientens begäran", en="request of the client"
    ),
    LookReason.SELF_MONITORING: Text(
        fi="omavalvonta", sv="egenkontroll", en="self-monitoring"
    ),
    LookReason.INFORMATION_REQUEST: Text(
        fi="tietopyyntö", sv="begäran om uppgifter", en="request for information"
    ),
    LookReason.SUSPECTED_MISUSE: Text(
        fi="väärinkäytösepäily", sv="misstanke om missbruk", en="suspected misuse"
    ),
}
RESULTS: Mapping[Result, Text] = {
    Result.SHOWN: Text(fi="näytetty", sv="visats", en="shown"),
    Result.NOT_FOUND: Text(fi="ei näytetty", sv="inte visats", en="not shown"),
}
ROLES: Mapping[str, Text] = {
    Role.LEAD: Text(fi="esihenkilö", sv="chef", en="lead"),
    Role.ANALYST: Text(fi="tilastoija", sv="statistiker", en="analyst"),
    Role.AUDITOR: Text(fi="lokivalvoja", sv="loggövervakare", en="auditor"),
    Role.ADMIN: Text(fi="pääkäyttäjä", sv="administratör", en="administrator"),
    Role.INTEGRATOR: Text(
        fi="asiakastietojärjestelmä", sv="klientdatasystem", en="client system"
    ),
}
_WORKLIST = Text(fi="työlista", sv="arbetslista", en="worklist")
_CASE = Text(fi="yksittäinen asia", sv="enskilt ärende", en="single case")
_DELAY = Text(
    fi="viivästyksen syyn kirjaaminen",
    sv="registrering av orsak till försening",
    en="telling why a deadline was missed",
)
_FINDINGS = Text(fi="poikkeamat", sv="avvikelser", en="findings")
_LOG = Text(fi="käyttöloki", sv="användningslogg", en="access log")
_CHANGES = Text(
    fi="sinetöidyn raportin muutokset",
    sv="ändringar i en förseglad rapport",
    en="changes of a sealed report",
)
_BEHIND = Text(
    fi="raportin luvun takana olevat asiat",
    sv="ärendena bakom ett tal i en rapport",
    en="cases behind a number of a report",
)
# By the template of the address, or by the command. What stands before {source} is told
# of a page and of the interface in the same words.
_WAYS: Mapping[str, Text] = {
    "GET /": Text(fi="päivän näkymä", sv="dagens vy", en="page of the day"),
    "GET /worklist": _WORKLIST,
    "GET /v1/deadlines": _WORKLIST,
    "GET /cases/{source}/{case_ref:path}": _CASE,
    "GET /cases/{source}/{case_ref:path}/explanation": Text(
        fi="määräpäivän perustelu",
        sv="motivering av en sista dag",
        en="explanation of a due date",
    ),
    "GET /v1/cases/{source}/{case_ref:path}": _CASE,
    "POST /cases/{source}/{case_ref:path}": _DELAY,
    "POST /v1/cases/{source}/{case_ref:path}/delays": _DELAY,
    "GET /findings": _FINDINGS,
    "GET /v1/findings": _FINDINGS,
    "POST /v1/findings/{id}/closure": _FINDINGS,
    "GET /findings/{finding}/close": _FINDINGS,
    "POST /findings/{finding}/close": _FINDINGS,
    "GET /figures/cases": _BEHIND,
    "GET /figures/flow/cases": _BEHIND,
    "GET /figures/waiting/cases": _BEHIND,
    "GET /v1/reports/ageing/cases": _BEHIND,
    "GET /v1/reports/compliance/cases": _BEHIND,
    "GET /v1/reports/flow/cases": _BEHIND,
    "GET /figures/sealed/{number}/changes": _CHANGES,
    "GET /v1/reports/sealed/{number}/changes": _CHANGES,
    "GET /v1/events": Text(
        fi="tapahtumasyöte", sv="händelseflöde", en="feed of events"
    ),
    "GET /access-log": _LOG,
    "GET /access-log/elsewhere": _LOG,
    "GET /access-log/{look}": _LOG,
    "GET /v1/access-log": _LOG,
    "GET /v1/access-log/elsewhere": _LOG,
    "GET /v1/access-log/{look}": _LOG,
    "maaraaika report worklist": _WORKLIST,
    "maaraaika access-log": _LOG,
}


def way_of(route: str) -> Text:
    """Return what people call *route*; one that has no name is called as it is."""
    return _WAYS.get(route) or Text(fi=route, sv=route, en=route)
