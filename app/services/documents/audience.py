"""For whom a document is: what stands on its first page, and among its facts."""

from app.domain.texts import Text

INTERNAL = Text(
    fi="Sisäinen: sisältää pieniä lukumääriä, joista yksittäisiä lapsia voi tunnistaa. "
    "Ei julkaistavaksi.",
    sv="Intern: innehåller små antal, ur vilka enskilda barn kan kännas igen. Får inte "
    "publiceras.",
    en="Internal: holds small counts, by which single children could be recognised. "
    "Not for publication.",
)
_INSTEAD = Text(
    fi="Julkisen saa valinnalla audience=public, komentorivillä --audience public.",
    sv="Offentlig version: audience=public, på kommandoraden --audience public.",
    en="The public version: audience=public, on the command line --audience public.",
)
# Of the reports that there are for the public too.
INTERNAL_NOT_PUBLIC = Text(
    fi=f"{INTERNAL.fi} {_INSTEAD.fi}",
    sv=f"{INTERNAL.sv} {_INSTEAD.sv}",
    en=f"{INTERNAL.en} {_INSTEAD.en}",
)
PUBLIC = Text(
    fi="Julkinen: kaikki luvut ovat julkaistuja, ja pienet lukumäärät on peitetty.",
    sv="Offentlig: alla tal har publicerats, och små antal är dolda.",
    en="Public: every figure has been published, and small counts are hidden.",
)
