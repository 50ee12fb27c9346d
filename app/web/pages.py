"""Every page, to be wired into the application."""

from app.web import (
    access_log,
    calculator,
    cases,
    explanations,
    figures,
    finding_closing,
    findings,
    law,
    session,
    settings,
    sign_in,
    sources,
    static_files,
    today,
    views,
    worklist,
)

ROUTERS = (
    *figures.ROUTERS,
    *settings.ROUTERS,
    *(
        feature.router
        for feature in (
            # Explanations before the cases, of whose references they would be the end.
            *(today, worklist, views, explanations, cases),
            *(findings, finding_closing),
            *(sources, access_log, calculator, law, session, sign_in, static_files),
        )
    ),
)
