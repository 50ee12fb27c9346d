"""What is put into requests, and looked for wherever something is kept or told."""

# Never stored, whatever field they stand in. A code of the public test codes, and
# names of nobody's in a domain that is reserved for examples.
IDENTITY_CODE = "131052-308T"
PHONE_NUMBER = "+358 40 7654321"
EMAIL_ADDRESS = "kanaria.lintu@example.org"
FORBIDDEN = (IDENTITY_CODE, PHONE_NUMBER, EMAIL_ADDRESS)

# May be stored where a text is fit for it; never told to whoever is refused, never
# logged and never measured.
WORD = "zqkanariazq"


def forbidden_in(told: bytes) -> list[str]:
    """Return what of *told* nobody may ever be told, nor any disk.

    Neither in small letters nor as a dump writes bytes.
    """
    lowered = told.lower()
    return [
        mark
        for mark in FORBIDDEN
        if (plain := mark.lower().encode()) in lowered
        or plain.hex().encode() in lowered
        or mark.encode().hex().encode() in lowered
    ]
