"""What people call how much a finding presses, how it stands, and why it is closed."""

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.findings import ClosedBecause, Severity
from app.domain.texts import Text

SEVERITIES: Mapping[Severity, Text] = MappingProxyType(
    {
        Severity.ALARM: Text(fi="hälytys", sv="larm", en="alarm"),
        Severity.WARNING: Text(fi="varoitus", sv="varning", en="warning"),
        Severity.NOTICE: Text(fi="huomautus", sv="anmärkning", en="notice"),
    }
)
REASONS: Mapping[ClosedBecause, Text] = MappingProxyType(
    {
        ClosedBecause.KNOWN_AND_ACCEPTED: Text(
            fi="asia on tiedossa, ja se saa jäädä näin",
            sv="saken är känd och får förbli så",
            en="it is known, and may stay so",
        ),
        ClosedBecause.CORRECTED_AT_SOURCE: Text(
            fi="se on korjattu asiakastietojärjestelmässä",
            sv="det har rättats i klientdatasystemet",
            en="it was corrected in the client system",
        ),
        ClosedBecause.NOT_APPLICABLE: Text(
            fi="poikkeama ei pidä paikkaansa",
            sv="avvikelsen stämmer inte",
            en="it is not as the finding supposes",
        ),
        ClosedBecause.OTHER: Text(fi="muu syy", sv="annan orsak", en="another reason"),
        ClosedBecause.CAUSE_GONE: Text(
            fi="syy on poistunut", sv="orsaken är borta", en="its cause is gone"
        ),
    }
)
OPEN = Text(fi="avoinna", sv="öppen", en="open")
CLOSED = Text(fi="suljettu", sv="stängd", en="closed")
