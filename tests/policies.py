"""Who may open what: a table one can read aloud, which tests/test_access.py holds.

A policy says what a GET gives to each role. `page` is the page, `sign-in` the way to the sign-in page, `elsewhere` a redirect that
depends on the moment of a flow, `missing` a 404, `post only` a 405. Whoever has a role and no second step is led to set one up
where the role alone would open the page, and finds elsewhere what anybody finds. The admin's own addresses are `desk`: the sign-in
page for whoever may not enter (projects and members test what advisers see inside).
"""

from dataclasses import dataclass

ROLES = ("visitor", "holder", "member", "committee", "host", "adviser", "administrator")
EVERYBODY = dict.fromkeys(ROLES, "page")
SIGNED_IN = EVERYBODY | {"visitor": "sign-in"}
VISITORS_ONLY = dict.fromkeys(ROLES, "elsewhere") | {"visitor": "page"}
MID_FLOW = dict.fromkeys(ROLES, "elsewhere") | {"visitor": "sign-in"}
ASKED_WHO_THEY_ARE_AGAIN = MID_FLOW  # a password or passkey first, however recently they signed in
NEEDS_A_SECOND_STEP = dict.fromkeys(ROLES, "missing") | {"visitor": "sign-in"}
PROTECTED = ("host", "adviser", "administrator")  # whose accounts have a second step, as their roles ask
NOBODY_HERE = dict.fromkeys(ROLES, "missing")
POST_ONLY = dict.fromkeys(ROLES, "post only") | {"visitor": "sign-in"}
MEMBERS_ONLY = dict.fromkeys(ROLES, "missing") | {"visitor": "sign-in", "member": "page"}
COMMITTEE_ONLY = dict.fromkeys(ROLES, "missing") | {"visitor": "sign-in", "committee": "page"}
STAFF_ONLY = dict.fromkeys(ROLES, "missing") | {"visitor": "sign-in", "adviser": "page", "administrator": "page"}
HOSTS_ONLY = dict.fromkeys(ROLES, "missing") | {"visitor": "sign-in", "host": "page", "adviser": "page", "administrator": "page"}
DESK = dict.fromkeys(ROLES, "sign-in") | {"adviser": "page", "administrator": "page"}


@dataclass(frozen=True)
class Policy:
    gets: dict[str, str]
    arguments: str = ""  # which of the `sample` the address needs
    methods: frozenset[str] = frozenset({"GET", "HEAD"})
    gone: str = ""  # what is answered once the account whose link it is was closed, where a visitor with another's gets more

    @property
    def closed(self) -> str:
        return self.gone or self.gets["visitor"]


PRESS = frozenset({"POST"})
READ = frozenset({"GET", "HEAD"})
FORM = READ | {"POST"}
ANY = FORM | {"PUT", "PATCH", "DELETE"}  # a dead link says that it is dead, however it is asked
LIBRARY_FORM = FORM | {"PUT"}  # Django's FormView reads a PUT as a POST, with the same checks

POLICIES = {
    # the roof
    "livez": Policy(EVERYBODY),
    "readyz": Policy(EVERYBODY),
    "security-txt": Policy(EVERYBODY),
    "home": Policy(EVERYBODY),
    "my-space": Policy(SIGNED_IN),
    "take-up-again": Policy(SIGNED_IN),
    "legal-notice": Policy(EVERYBODY),
    "accessibility": Policy(EVERYBODY),
    "register": Policy(STAFF_ONLY),
    "register-csv": Policy(STAFF_ONLY),
    "grant-trial": Policy(STAFF_ONLY, "file", FORM),
    "join-answers": Policy(POST_ONLY, methods=frozenset({"POST"})),
    # villages
    "villages:villages": Policy(EVERYBODY),
    "villages:compare": Policy(EVERYBODY),
    "villages:find": Policy(EVERYBODY),
    "villages:matches": Policy(dict.fromkeys(ROLES, "elsewhere")),  # without answers, to the questions
    "villages:village": Policy(EVERYBODY, "village"),
    "villages:favourites": Policy(EVERYBODY),
    "villages:keep": Policy(EVERYBODY, "village", FORM),
    "villages:new-search": Policy(EVERYBODY, methods=FORM),
    "villages:search-asked": Policy(EVERYBODY),
    "villages:search": Policy(EVERYBODY, "search", FORM),  # whoever holds the link of a letter
    "villages:end-search": Policy(EVERYBODY, "search", FORM),
    # the committee's space
    "villages:committee": Policy(COMMITTEE_ONLY | {"committee": "elsewhere"}),  # to their one village
    "villages:committee-village": Policy(COMMITTEE_ONLY, "kept village"),
    "villages:committee-page": Policy(COMMITTEE_ONLY, "kept village", FORM),
    "villages:committee-page-confirm": Policy(POST_ONLY, "kept village", PRESS),
    "villages:committee-fact": Policy(COMMITTEE_ONLY, "kept fact", FORM),
    "villages:committee-fact-confirm": Policy(POST_ONLY, "kept fact", PRESS),
    "villages:committee-project-add": Policy(COMMITTEE_ONLY, "kept village", FORM),
    "villages:committee-project": Policy(COMMITTEE_ONLY, "kept project", FORM),
    "villages:committee-project-confirm": Policy(POST_ONLY, "kept project", PRESS),
    "villages:committee-project-remove": Policy(COMMITTEE_ONLY, "kept project", FORM),
    "villages:committee-speed-add": Policy(COMMITTEE_ONLY, "kept village", FORM),
    "villages:committee-speed-remove": Policy(COMMITTEE_ONLY, "kept speed", FORM),
    "villages:committee-absence": Policy(COMMITTEE_ONLY, "kept seat", FORM),
    "villages:committee-telephone": Policy(COMMITTEE_ONLY, "kept village", FORM),
    "villages:committee-absence-end": Policy(POST_ONLY, "kept seat", PRESS),
    "villages:committee-capacity": Policy(POST_ONLY, "kept village", PRESS),
    "villages:committee-pause": Policy(POST_ONLY, "kept village", PRESS),
    "villages:committee-resume": Policy(POST_ONLY, "kept village", PRESS),
    "villages:housings": Policy(EVERYBODY),
    "villages:housing": Policy(EVERYBODY, "housing"),
    "villages:housing-still-free": Policy(EVERYBODY, "housing link", FORM, gone="410"),
    "villages:committee-housings": Policy(COMMITTEE_ONLY, "kept village"),
    "villages:committee-housing-add": Policy(COMMITTEE_ONLY, "kept village", FORM),
    "villages:committee-housing": Policy(COMMITTEE_ONLY, "kept housing", FORM),
    "villages:committee-housing-confirm": Policy(POST_ONLY, "kept housing", frozenset({"POST"})),
    "villages:committee-housing-withdraw": Policy(POST_ONLY, "kept housing", frozenset({"POST"})),
    "villages:committee-housing-photos": Policy(POST_ONLY, "kept housing", frozenset({"POST"})),
    "villages:committee-housing-photo-remove": Policy(POST_ONLY, "kept photo", frozenset({"POST"})),
    "villages-data:new-housing": Policy(EVERYBODY),
    "villages-data:house": Policy(EVERYBODY, "house"),
    "villages-data:housing-photo": Policy(EVERYBODY, "housing photo"),
    "villages-data:housing-small-photo": Policy(EVERYBODY, "housing photo"),
    "robots": Policy(EVERYBODY),
    "sitemap": Policy(EVERYBODY),
    "sitemap-section": Policy(EVERYBODY, "sitemap section"),
    "villages-data:csv": Policy(EVERYBODY),
    "villages-data:geojson": Policy(EVERYBODY),
    "villages-data:banner": Policy(EVERYBODY),
    "villages-data:wide-banner": Policy(EVERYBODY),
    "villages-data:landscape": Policy(EVERYBODY, "commune"),
    "villages-data:wide-landscape": Policy(EVERYBODY, "commune"),
    # télécentres
    "telecentres:telecentres": Policy(EVERYBODY),
    "telecentres:telecentre": Policy(EVERYBODY, "telecentre"),
    "telecentres:week": Policy(EVERYBODY, "telecentre", FORM),
    "telecentres-data:geojson": Policy(EVERYBODY),
    "telecentres-data:csv": Policy(EVERYBODY),
    "projects:lay-down": Policy(EVERYBODY, methods=FORM),
    "projects:draft": Policy(dict.fromkeys(ROLES, "post only"), methods=PRESS),
    "projects:laid-down": Policy(EVERYBODY),
    "projects:own-file": Policy(EVERYBODY, "file link", FORM, gone="410"),
    "projects:own-file-act": Policy(dict.fromkeys(ROLES, "post only"), "file link", PRESS),
    "projects:own-paper": Policy(EVERYBODY, "own paper", gone="missing"),
    "projects:mine": Policy(dict.fromkeys(ROLES, "missing") | {"visitor": "sign-in", "holder": "elsewhere"}, "own file"),
    "projects:consent": Policy(EVERYBODY, "consent link", FORM, gone="410"),
    "projects:introduction": Policy(EVERYBODY, "introduction link", FORM, gone="410"),
    "projects:news": Policy(EVERYBODY, "news link", FORM, gone="410"),
    "projects:contact": Policy(EVERYBODY, "contact link", FORM, gone="410"),
    "projects:confirm-address": Policy(EVERYBODY, "address link", FORM, gone="410"),
    "telecentres:my-bookings": Policy(SIGNED_IN),
    "telecentres:cancel": Policy(dict.fromkeys(ROLES, "missing") | {"visitor": "sign-in", "member": "page"}, "booking", FORM),
    "telecentres:held": Policy(EVERYBODY, "held place", FORM, gone="missing"),
    "telecentres:wait": Policy(POST_ONLY, "telecentre", PRESS),
    "telecentres:series-new": Policy(MEMBERS_ONLY, "telecentre", FORM),
    "telecentres:series": Policy(MEMBERS_ONLY, "series", FORM),
    "telecentres:move": Policy(MEMBERS_ONLY, "booking", FORM),
    "telecentres:answer": Policy(POST_ONLY, "booking", PRESS),
    "telecentres:arrive": Policy(POST_ONLY, "booking", PRESS),
    "telecentres:leave-line": Policy(POST_ONLY, "waiting entry", PRESS),
    "telecentres:be-introduced": Policy(POST_ONLY, methods=PRESS),
    "telecentres:my-passes": Policy(SIGNED_IN),
    "telecentres:my-calendar": Policy(MEMBERS_ONLY, methods=FORM),
    "telecentres-data:feed": Policy(EVERYBODY, "feed", gone="missing"),
    "telecentres-data:booking-ics": Policy(MEMBERS_ONLY, "booking"),
    "telecentres:day": Policy(HOSTS_ONLY, "kept place"),
    "telecentres:occupancy": Policy(HOSTS_ONLY, "kept place"),
    "telecentres:place-calendar": Policy(HOSTS_ONLY, "kept place", FORM),
    "telecentres:plan": Policy(HOSTS_ONLY, "kept place", FORM),
    "telecentres:wall": Policy(HOSTS_ONLY, "kept place"),
    "telecentres:codes": Policy(HOSTS_ONLY, "kept place"),
    "telecentres:at-desk": Policy(MEMBERS_ONLY, "desk code", FORM),
    "telecentres:occupancy-csv": Policy(HOSTS_ONLY, "kept place"),
    "telecentres:network-occupancy-csv": Policy(STAFF_ONLY),
    "telecentres:hosting": Policy(STAFF_ONLY),
    "telecentres:hosting-csv": Policy(STAFF_ONLY),
    "telecentres:my-statement": Policy(MEMBERS_ONLY),
    "telecentres:my-statement-csv": Policy(MEMBERS_ONLY),
    "telecentres:close": Policy(HOSTS_ONLY, "kept place", FORM),
    "telecentres:book-for": Policy(POST_ONLY, "kept place", PRESS),
    "telecentres:sell-pass": Policy(POST_ONLY, "kept place", PRESS),
    "telecentres:arrival": Policy(POST_ONLY, "kept booking", PRESS),
    "telecentres:call-off": Policy(POST_ONLY, "kept booking", PRESS),
    "telecentres:reopen": Policy(POST_ONLY, "kept closure", PRESS),
    # members
    "members:members": Policy(EVERYBODY),
    "members:member": Policy(EVERYBODY, "member", gone="missing"),
    "members:photo": Policy(NOBODY_HERE, "member"),
    "members:entry": Policy(EVERYBODY, "invitation", FORM, gone="410"),
    "members:my-profile": Policy(SIGNED_IN, methods=FORM),
    "members:my-visibility": Policy(MEMBERS_ONLY, methods=FORM),
    "members:my-photo": Policy(POST_ONLY, methods=frozenset({"POST"})),
    # letters of the demonstration: nowhere else
    "outbox:letters": Policy(NOBODY_HERE),
    "outbox:letter": Policy(NOBODY_HERE, "letter"),
    "outbox:letter-html": Policy(NOBODY_HERE, "letter"),
    # accounts, by allauth
    "account_login": Policy(VISITORS_ONLY, methods=LIBRARY_FORM),
    "account_signup": Policy(VISITORS_ONLY, methods=LIBRARY_FORM),
    "account_logout": Policy(SIGNED_IN | {"visitor": "elsewhere"}, methods=FORM),
    "account_inactive": Policy(EVERYBODY),
    "account_reauthenticate": Policy(SIGNED_IN, methods=LIBRARY_FORM),
    "account_email": Policy(SIGNED_IN, methods=FORM),
    "account_change_password": Policy(SIGNED_IN, methods=LIBRARY_FORM),
    "account_set_password": Policy(ASKED_WHO_THEY_ARE_AGAIN, methods=FORM),
    "account_reset_password": Policy(EVERYBODY, methods=LIBRARY_FORM),
    "account_reset_password_done": Policy(EVERYBODY),
    "account_reset_password_from_key": Policy(EVERYBODY, "reset key", ANY),
    "account_reset_password_from_key_done": Policy(EVERYBODY),
    "account_request_login_code": Policy(VISITORS_ONLY, methods=LIBRARY_FORM),
    "account_confirm_login_code": Policy(MID_FLOW, methods=FORM),
    "account_email_verification_sent": Policy(MID_FLOW, methods=FORM),
    "mfa_index": Policy(SIGNED_IN),
    "mfa_authenticate": Policy(MID_FLOW, methods=FORM),
    "mfa_reauthenticate": Policy(ASKED_WHO_THEY_ARE_AGAIN | dict.fromkeys(PROTECTED, "page"), methods=FORM),
    "mfa_reauthenticate_webauthn": Policy(ASKED_WHO_THEY_ARE_AGAIN, methods=FORM),
    "mfa_activate_totp": Policy(ASKED_WHO_THEY_ARE_AGAIN, methods=FORM),
    "mfa_deactivate_totp": Policy(NEEDS_A_SECOND_STEP | dict.fromkeys(PROTECTED, "elsewhere"), methods=FORM),
    "mfa_view_recovery_codes": Policy(NEEDS_A_SECOND_STEP),
    "mfa_generate_recovery_codes": Policy(ASKED_WHO_THEY_ARE_AGAIN, methods=FORM),
    "mfa_download_recovery_codes": Policy(NEEDS_A_SECOND_STEP),
    "mfa_list_webauthn": Policy(SIGNED_IN),
    "mfa_add_webauthn": Policy(ASKED_WHO_THEY_ARE_AGAIN, methods=FORM),
    "mfa_remove_webauthn": Policy(ASKED_WHO_THEY_ARE_AGAIN, "passkey", FORM),
    "mfa_edit_webauthn": Policy(ASKED_WHO_THEY_ARE_AGAIN, "passkey", FORM),
    "mfa_login_webauthn": Policy(MID_FLOW, methods=FORM),
    "usersessions_list": Policy(SIGNED_IN, methods=FORM),
}
