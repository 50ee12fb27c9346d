"""Texts that become a script, a request or a formula where they are not taken as text.

Each that would run calls ``hit`` with the number of its place.
"""

_ANYWHERE = "//evil.example/"
_TEXTS = (
    "<script>hit({0})</script>",
    '"><script>hit({0})</script>',
    "'><img src=x onerror=hit({0})>",
    "<svg/onload=hit({0})>",
    '" onfocus="hit({0})" autofocus tabindex="0" x="',
    "' onfocus='hit({0})' autofocus tabindex='0' x='",
    "</title><script>hit({0})</script>",
    "</textarea></select><img src=x onerror=hit({0})>",
    "</style></script><script>hit({0})</script>",
    "--><script>hit({0})</script>",
    "]]><script>hit({0})</script>",
    "javascript:hit({0})",
    " \u00a0JaVaScRiPt://%0ahit({0})",
    "data:text/html,<script>parent.hit({0})</script>",
    '<iframe srcdoc="<script>parent.hit({0})</script>">',
    "<a href=javascript:hit({0}) autofocus>x</a>",
    "<details open ontoggle=hit({0})>x",
    "<math><mtext></form><form><mglyph><style></math><img src=x onerror=hit({0})>",
    "<video><source onerror=hit({0})></video>",
    "<input onfocus=hit({0}) autofocus>",
    "<svg><animate onbegin=hit({0}) attributeName=x dur=1s>",
    '<noscript><p title="</noscript><img src=x onerror=hit({0})>">',
    "<svg><script>hit({0})</script></svg>",
    "<table><caption><img src=x onerror=hit({0})></caption></table>",
    "</caption></table><img src=x onerror=hit({0})>",
    "&lt;img src=x onerror=hit({0})&gt;",
    "&#60;img src=x onerror=hit({0})&#62;",
    "%3Cimg%20src%3Dx%20onerror%3Dhit({0})%3E",
    r"\u003cimg src=x onerror=hit({0})\u003e",
    "+ADw-script+AD4-hit({0})+ADw-/script+AD4-",
    "\u202e<img src=x onerror=hit({0})>\u2066",
    "\uff1cimg src=x onerror=hit({0})\uff1e",
    "';hit({0});//",
    '";hit({0});//',
    "`${{hit({0})}}`",
    "{{{{hit({0})}}}}{{{{7*191}}}}",
    "{{% hit({0}) %}}${{7*191}}",
    "%(hit({0}))s %s {{0}}",
    f'<img src="{_ANYWHERE}{{0}}" alt="hit({{0}})">',
    f'<link rel=stylesheet href={_ANYWHERE}{{0}} title="hit({{0}})">',
    f"<style>@import '{_ANYWHERE}{{0}}'; /* hit({{0}}) */</style>",
    f'<base href={_ANYWHERE} title="hit({{0}})">',
    f'<meta http-equiv=refresh content="9;url={_ANYWHERE}hit({{0}})">',
    '=HYPERLINK("https:' + _ANYWHERE + 'hit({0})";"x")',
    "=cmd|' /C hit({0})'!A0",
    "@SUM(hit({0}))",
    "+hit({0})+1",
    "-hit({0})-1",
    " =hit({0})",
    '#eval("hit({0})") *b* _i_ $x$ @hit({0}) <hit> /* ',
)
HOSTILE_TEXTS = tuple(text.format(place) for place, text in enumerate(_TEXTS))
ASKS_ANOTHER_HOST = next(text for text in HOSTILE_TEXTS if 'img src="//' in text)
# Stands in every one of them, and in nothing of ours.
MARK = "hit("
# What a template that was taken for one would say.
COMPUTED = str(7 * 191)
