"""What people call the codes of groups, verdicts, outcomes and columns."""

from collections.abc import Mapping

from app.domain.texts import Language, Text

NO_UNIT = Text(fi="ei yksikköä", sv="ingen enhet", en="no unit")
NOT_DONE = Text(fi="ei ratkaisua", sv="inget beslut", en="no outcome")
_UNKNOWN = Text(fi="ei tiedossa", sv="okänt", en="unknown")

LANGUAGES = {
    "fi": Text(fi="suomi", sv="finska", en="Finnish"),
    "sv": Text(fi="ruotsi", sv="svenska", en="Swedish"),
    "sami": Text(fi="saame", sv="samiska", en="Sámi"),
    "foreign": Text(
        fi="muu kieli (vieraskieliset)",
        sv="annat språk (främmandespråkiga)",
        en="another language",
    ),
    "unknown": _UNKNOWN,
}
NATIONALITIES = {
    "finnish": Text(fi="Suomen kansalaiset", sv="finska medborgare", en="Finnish"),
    "foreign": Text(
        fi="ulkomaiden kansalaiset", sv="utländska medborgare", en="foreign"
    ),
    "unknown": _UNKNOWN,
}
AGES = {
    **{
        band: Text(fi=f"{span} v", sv=f"{span} år", en=f"{span} years")
        for band, span in (
            ("0-2", "0–2"),
            ("3-6", "3–6"),
            ("7-12", "7–12"),
            ("13-15", "13–15"),
            ("16-17", "16–17"),
        )
    },
    "unborn": Text(fi="syntymätön", sv="ofödd", en="unborn"),
    "unknown": _UNKNOWN,
}
# The people of a group, where no heading says of what it is one.
PEOPLE: Mapping[str, Mapping[str, Text]] = {
    "language_group": {
        "fi": Text(fi="suomenkieliset", sv="finskspråkiga", en="Finnish-speakers"),
        "sv": Text(fi="ruotsinkieliset", sv="svenskspråkiga", en="Swedish-speakers"),
        "sami": Text(fi="saamenkieliset", sv="samiskspråkiga", en="Sámi-speakers"),
        "foreign": Text(
            fi="vieraskieliset",
            sv="främmandespråkiga",
            en="speakers of another language",
        ),
        "unknown": Text(
            fi="äidinkieli ei tiedossa",
            sv="modersmålet okänt",
            en="mother tongue unknown",
        ),
    },
    "nationality_group": {
        "finnish": Text(
            fi="Suomen kansalaiset", sv="finska medborgare", en="Finnish citizens"
        ),
        "foreign": Text(
            fi="muiden maiden kansalaiset",
            sv="utländska medborgare",
            en="foreign citizens",
        ),
        "unknown": Text(
            fi="kansalaisuus ei tiedossa",
            sv="medborgarskapet okänt",
            en="nationality unknown",
        ),
    },
}
ENTRIES = {
    "report": Text(
        fi="lastensuojeluilmoitus",
        sv="barnskyddsanmälan",
        en="child welfare notification",
    ),
    "application": Text(fi="hakemus", sv="ansökan", en="application"),
    "request": Text(fi="pyyntö", sv="begäran", en="request"),
    "social_welfare_contact": Text(
        fi="yhteydenotto tuen tarpeen arvioimiseksi",
        sv="kontakt för bedömning av stödbehov",
        en="social welfare contact",
    ),
    "own_observation": Text(
        fi="oma havainto", sv="egen iakttagelse", en="own observation"
    ),
    "anticipatory": Text(
        fi="ennakollinen lastensuojeluilmoitus",
        sv="föregripande barnskyddsanmälan",
        en="anticipatory notification",
    ),
}
OUTCOMES = {
    "assessment_started": Text(
        fi="arviointi aloitettu", sv="bedömning påbörjad", en="assessment started"
    ),
    "urgent_measures": Text(
        fi="kiireelliset toimet", sv="brådskande åtgärder", en="urgent measures"
    ),
    "obviously_unnecessary": Text(
        fi="arviointi ilmeisen tarpeeton",
        sv="bedömning uppenbart onödig",
        en="assessment obviously unnecessary",
    ),
    "existing_client": Text(fi="on jo asiakas", sv="redan klient", en="client already"),
    "joined_running_assessment": Text(
        fi="liitetty käynnissä olevaan arviointiin",
        sv="ansluten till en pågående bedömning",
        en="joined to a running assessment",
    ),
    "transferred_to_other_county": Text(
        fi="siirretty toiselle hyvinvointialueelle",
        sv="överförd till ett annat välfärdsområde",
        en="transferred to another county",
    ),
    "wrong_or_duplicate": Text(
        fi="virheellinen tai kaksinkertainen",
        sv="felaktig eller dubblett",
        en="wrong or duplicate",
    ),
    "other": Text(fi="muu", sv="annat", en="other"),
    "child_protection_client": Text(
        fi="lastensuojelun asiakas", sv="klient i barnskyddet", en="child protection"
    ),
    "social_welfare_client": Text(
        fi="sosiaalihuollon asiakas", sv="klient i socialvården", en="social welfare"
    ),
    "no_client": Text(fi="ei asiakkuutta", sv="ingen klientrelation", en="no client"),
    "moved_away": Text(fi="muuttanut pois", sv="bortflyttad", en="moved away"),
    "turned_18": Text(fi="täyttänyt 18", sv="fyllt 18", en="turned 18"),
    "died": Text(fi="kuollut", sv="avliden", en="died"),
    "interrupted": Text(fi="keskeytynyt", sv="avbruten", en="interrupted"),
    "wrong_person": Text(fi="väärä henkilö", sv="fel person", en="wrong person"),
    "merged": Text(
        fi="yhdistetty toiseen asiaan",
        sv="sammanslagen med ett annat ärende",
        en="merged into another case",
    ),
}
CLOSURES = {
    **OUTCOMES,
    "done": Text(fi="hoidettu", sv="slutbehandlat", en="done"),
}
VERDICTS = {
    "in_time": Text(fi="ajoissa", sv="i tid", en="in time"),
    "late": Text(fi="myöhässä", sv="försenad", en="late"),
    "open_in_time": Text(fi="avoinna ajoissa", sv="öppen i tid", en="open in time"),
    "open_late": Text(
        fi="avoinna ja myöhässä", sv="öppen och försenad", en="open and late"
    ),
    "void": Text(fi="rauennut", sv="förfallen", en="void"),
}
BASES = {
    "due": Text(
        fi="jaksolla päättyneet määräajat",
        sv="tidsfrister som löpt ut under perioden",
        en="deadlines that fell due",
    ),
    "thl": Text(
        fi="THL:n laskentapa",
        sv="THL:s beräkningssätt",
        en="THL basis",
    ),
}
# The values of each column whose values are codes.
CODES: Mapping[str, Mapping[str, Text]] = {
    "language_group": LANGUAGES,
    "nationality_group": NATIONALITIES,
    "age_band": AGES,
    "entry": ENTRIES,
    "outcome": OUTCOMES,
    "closure": CLOSURES,
    "status": VERDICTS,
    "basis": BASES,
    "row": {
        "cell": Text(fi="rivi", sv="rad", en="row"),
        "subtotal": Text(fi="välisumma", sv="delsumma", en="subtotal"),
        "total": Text(fi="yhteensä", sv="totalt", en="total"),
    },
}
COLUMNS = {
    "row": Text(fi="Rivin laji", sv="Typ av rad", en="Kind of row"),
    "period": Text(fi="Jakso", sv="Period", en="Period"),
    "basis": Text(fi="Laskentaperuste", sv="Beräkningsgrund", en="Basis"),
    "as_of": Text(fi="Tarkastelupäivä", sv="Granskningsdag", en="As of"),
    "known_at": Text(fi="Tiedon ajankohta", sv="Tidpunkt för kännedom", en="Known at"),
    "rule": Text(fi="Määräaika", sv="Tidsfrist", en="Deadline"),
    "unit": Text(fi="Yksikkö", sv="Enhet", en="Unit"),
    "language_group": Text(fi="Äidinkieli", sv="Modersmål", en="Mother tongue"),
    "nationality_group": Text(fi="Kansalaisuus", sv="Medborgarskap", en="Nationality"),
    "age_band": Text(fi="Ikä", sv="Ålder", en="Age"),
    "entry": Text(fi="Vireilletulon tapa", sv="Inledningssätt", en="Entry"),
    "outcome": Text(fi="Ratkaisu", sv="Beslut", en="Outcome"),
    "watermark": Text(fi="Vientikoodi", sv="Exportkod", en="Export code"),
    "source": Text(fi="Asiakastietojärjestelmä", sv="Klientdatasystem", en="Source"),
    "due": Text(fi="Määräaikoja", sv="Tidsfrister", en="Deadlines counted"),
    "in_time": Text(fi="Ajoissa", sv="I tid", en="In time"),
    "late": Text(fi="Myöhässä", sv="Försenade", en="Late"),
    "open_late": Text(
        fi="Avoinna ja myöhässä", sv="Öppna och försenade", en="Open and late"
    ),
    "open_in_time": Text(fi="Avoinna ajoissa", sv="Öppna i tid", en="Open in time"),
    "met_not_yet_due": Text(
        fi="Täytetty ennen jakson määräpäivää",
        sv="Uppfyllda, fristen löper ännu",
        en="Met, not yet due",
    ),
    "joined": Text(
        fi="Liitetty arviointiin", sv="Anslutna till en bedömning", en="Joined"
    ),
    "anticipatory": Text(fi="Ennakollisia", sv="Föregripande", en="Anticipatory"),
    "void": Text(fi="Rauenneita", sv="Förfallna", en="Void"),
    "excluded": Text(fi="Rajattu pois", sv="Exkluderade", en="Excluded"),
    "recorded_late": Text(
        fi="Jälkikäteen kirjattu", sv="Registrerade i efterhand", en="Recorded late"
    ),
    "entry_unknown": Text(
        fi="Kirjausaika ei tiedossa", sv="Registreringstid okänd", en="Entry unknown"
    ),
    "corrected_verdicts": Text(
        fi="Korjaus paransi", sv="Förbättrade av en korrigering", en="Corrected"
    ),
    "hinging_verdicts": Text(
        fi="Tulkinnan varassa", sv="Beror på tolkningen", en="Hinging on the reading"
    ),
    "in_time_by_reading": Text(
        fi="Ajoissa vain valitulla tulkinnalla",
        sv="I tid endast enligt vald tolkning",
        en="In time only under the reading",
    ),
    "within_limit": Text(fi="Määräajassa", sv="Inom fristen", en="Within the limit"),
    "over_limit": Text(fi="Yli määräajan", sv="Över fristen", en="Over the limit"),
    "far_over_limit": Text(
        fi="Selvästi yli määräajan", sv="Klart över fristen", en="Far over the limit"
    ),
    "rate": Text(fi="Ajoissa, osuus", sv="I tid, andel", en="In time, share"),
    "interval": Text(
        fi="95 prosentin väli", sv="95 procents intervall", en="95% interval"
    ),
    "interval_low": Text(
        fi="95 % väli, alaraja", sv="95 %, nedre gräns", en="95%, lower bound"
    ),
    "interval_high": Text(
        fi="95 % väli, yläraja", sv="95 %, övre gräns", en="95%, upper bound"
    ),
    "days_over_median": Text(
        fi="Päiviä yli, mediaani", sv="Dagar över, median", en="Days over, median"
    ),
    "days_over_p90": Text(
        fi="Päiviä yli, 90. prosenttipiste",
        sv="Dagar över, 90:e percentilen",
        en="Days over, 90th percentile",
    ),
    "days_over_mean": Text(
        fi="Päiviä yli, keskiarvo", sv="Dagar över, medeltal", en="Days over, mean"
    ),
    "days_over_maximum": Text(
        fi="Päiviä yli, enintään", sv="Dagar över, högst", en="Days over, most"
    ),
    "group": Text(fi="Ryhmä", sv="Grupp", en="Group"),
    "month": Text(fi="Kuukausi", sv="Månad", en="Month"),
    "count": Text(fi="Määrä", sv="Antal", en="Count"),
    "sum": Text(fi="Yhteensä", sv="Totalt", en="Sum"),
    "share": Text(fi="Osuus", sv="Andel", en="Share"),
    "points": Text(
        fi="Ero, prosenttiyksikköä",
        sv="Skillnad, procentenheter",
        en="Difference, points",
    ),
    "case_ref": Text(fi="Asia", sv="Ärende", en="Case"),
    "child_ref": Text(fi="Lapsen viite", sv="Referens till barnet", en="Child"),
    "started_on": Text(fi="Vireille", sv="Inlett", en="Pending since"),
    "due_on": Text(fi="Määräpäivä", sv="Sista dag", en="Due"),
    "safe_on": Text(fi="Varma päivä", sv="Säker dag", en="Safe date"),
    "met_on": Text(fi="Täytetty", sv="Uppfylld", en="Met"),
    "status": Text(fi="Tila", sv="Läge", en="Status"),
    "unit_is_registered": Text(
        fi="Yksikkö rekisterissä", sv="Enheten registrerad", en="Unit registered"
    ),
    "working_days_left": Text(
        fi="Arkipäiviä jäljellä", sv="Vardagar kvar", en="Working days left"
    ),
    "calendar_days_left": Text(
        fi="Päiviä jäljellä", sv="Dagar kvar", en="Calendar days left"
    ),
    "corrected": Text(fi="Korjaus paransi", sv="Förbättrad", en="Corrected"),
    "delay_cause": Text(
        fi="Viivästyksen syy", sv="Orsak till dröjsmålet", en="Cause of the delay"
    ),
    "delay_action": Text(fi="Toimi", sv="Åtgärd", en="Action"),
    "follow_up_on": Text(fi="Seuranta", sv="Uppföljning", en="Follow-up"),
    "worker": Text(fi="Työntekijä", sv="Handläggare", en="Worker"),
}


def label(column: str, code: str, language: Language) -> str:
    """Return what *code* of *column* is called; itself, where it has no other name."""
    text = CODES.get(column, {}).get(code)
    return code if text is None else text.to(language)


def people(column: str, code: str, language: Language) -> str:
    """Return what the people with *code* of *column* are called."""
    text = PEOPLE.get(column, {}).get(code)
    return label(column, code, language) if text is None else text.to(language)


def heading(column: str, language: Language) -> str:
    """Return the heading of *column*."""
    text = COLUMNS.get(column)
    return column if text is None else text.to(language)
