"""What people call looks: their reasons, their ways, and what became of them."""

from collections.abc import Mapping

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
_WORKLIST = Text(fi="työlista", sv="arbetslista", en="worklist")
_CASE = Text(fi="yksittäinen asia", sv="enskilt ärende", en="single case")
_FINDINGS = Text(fi="havainnot", sv="iakttagelser", en="findings")
_FILE = Text(
    fi="työlista tiedostona", sv="arbetslista som fil", en="worklist, as a file"
)
# By the templates of addresses, and by commands.
WAYS: Mapping[str, Text] = {
    "GET /v1/deadlines": _WORKLIST,
    "GET /v1/cases/{source}/{case_ref:path}": _CASE,
    "POST /v1/cases/{source}/{case_ref:path}/delays": Text(
        fi="viivästyksen syyn kirjaaminen",
        sv="registrering av orsak till försening",
        en="telling why a deadline was missed",
    ),
    "GET /v1/findings": _FINDINGS,
    "POST /v1/findings/{id}/closure": _FINDINGS,
    "GET /v1/reports/compliance/cases": Text(
        fi="raportin luvun takana olevat asiat",
        sv="ärendena bakom ett tal i en rapport",
        en="cases behind a number of a report",
    ),
    "GET /v1/reports/sealed/{number}/changes": Text(
        fi="sinetöidyn raportin muutokset",
        sv="ändringar i en förseglad rapport",
        en="changes of a sealed report",
    ),
    "GET /v1/events": Text(
        fi="tapahtumasyöte", sv="händelseflöde", en="feed of events"
    ),
    "GET /v1/access-log": Text(fi="katseluloki", sv="åtkomstlogg", en="access log"),
    "GET /v1/access-log/elsewhere": Text(
        fi="katseluloki", sv="åtkomstlogg", en="access log"
    ),
    "GET /v1/access-log/{look}": Text(
        fi="katseluloki", sv="åtkomstlogg", en="access log"
    ),
    "maaraaika report worklist": _FILE,
    "maaraaika access-log": Text(
        fi="katseluloki tiedostona",
        sv="åtkomstlogg som fil",
        en="access log, as a file",
    ),
}
