"""Settings, one file from top to bottom, driven by the environment. README.md lists the variables."""

from pathlib import Path

from csp.constants import NONE, SELF

from sohosolo import installation
from sohosolo.installation import flag, text

BASE_DIR = Path(__file__).resolve().parent.parent

# ---- What changes from one installation to the next ----------------------------------------------------------------

SECRET_KEY = installation.secret_key()
SECRET_KEY_FALLBACKS = installation.word_list("SECRET_KEY_FALLBACKS")  # former ones: sessions and second steps outlive a change
DEBUG = flag("DEBUG")
DEMO = flag("DEMO")  # the demonstration: example data said to be so, letters kept in a folder, /courrier/
SITE_URL = installation.site_url()
IS_HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = installation.allowed_hosts(SITE_URL)
CSRF_TRUSTED_ORIGINS = [SITE_URL]
STATE_DIR = Path(text("STATE_DIR", str(BASE_DIR / ".run")))
TERRITORY = installation.territory()
STAFF_MFA_REQUIRED = flag("STAFF_MFA_REQUIRED", not DEMO)
HOST_MFA_REQUIRED = flag("HOST_MFA_REQUIRED", STAFF_MFA_REQUIRED)

DATABASES = {"default": installation.database() | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}
# Nothing is asked of the server when a connection starts, which a pooler refuses: the role keeps it (sohosolo.database).
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = flag("DATABASE_TRANSACTION_POOLING")
REDIS_URL = installation.redis_url()
CACHES = {
    "default": {
        "BACKEND": "sohosolo.cache.ForgetfulCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"serializer": "sohosolo.cache.JsonSerializer"},
        "VERSION": 2,  # what the first one holds was pickled
    }
}

# ---- The applications ------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "sohosolo.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "pgtrigger",
    "phonenumber_field",
    "outbox",
    "villages",
    "members",
    "telecentres",
    "projects",
    "sohosolo",
]

MIDDLEWARE = [
    "sohosolo.middleware.server_timing",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "sohosolo.safety.permissions",
    "sohosolo.middleware.readable_requests",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "sohosolo.safety.private_pages",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "sohosolo.middleware.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "sohosolo.second_step.LeadToSecondStep",
]

ROOT_URLCONF = "sohosolo.urls"
WSGI_APPLICATION = "sohosolo.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # an address is unique whatever its case: user_email_once holds it

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sohosolo.context.portal",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # our own form templates, in templates/django/forms/

# ---- People and their sign-in ----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "members.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "my-space"
AUTH_PASSWORD_VALIDATORS = [  # length, and no password everybody uses: no rule about signs or capitals
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if flag("BEHIND_PROXY") else 0  # whose address the rate limits count
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": True}  # 1234-5678
ACCOUNT_ADAPTER = "members.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 30 * 60
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True  # one address each: the new one takes the old one's place once confirmed
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_RATE_LIMITS = {  # beside allauth's own; whom `key` counts, and `_anywhere` and `_known`: members.accounts.attempts
    "login": "",  # counted with the address, below: a neighbour on the same network shuts nobody out
    "login_failed": "10/m/ip,5/5m/key,30/d/key",
    "login_failed_anywhere": "300/d/key",
    "login_failed_known": "10/5m/key",
    "request_login_code": "20/m/ip,3/m/key,10/d/key",
    "request_login_code_anywhere": "40/d/key",  # an address is not a letter box that others may fill
    "request_login_code_known": "3/m/key,20/d/key",
    "reset_password": "",  # counted in our form
    "reset_letter": "20/m/ip,3/m/key,5/d/key",
    "reset_letter_anywhere": "20/d/key",
    "reset_letter_known": "3/m/key,10/d/key",
    "signup": "20/m/ip,60/d/ip",
}
ACCOUNT_FORMS = {
    "login": "members.accounts.forms.LoginForm",
    "signup": "members.accounts.forms.SignupForm",
    "add_email": "members.accounts.forms.AddEmailForm",
    "change_password": "members.accounts.forms.ChangePasswordForm",
    "set_password": "members.accounts.forms.SetPasswordForm",
    "reset_password": "members.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "members.accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "members.accounts.forms.ReauthenticateForm",
    "request_login_code": "members.accounts.forms.RequestLoginCodeForm",
    "confirm_login_code": "members.accounts.forms.ConfirmLoginCodeForm",
    "confirm_email_verification_code": "members.accounts.forms.ConfirmEmailVerificationCodeForm",
}
MFA_ADAPTER = "members.accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = TERRITORY.network
MFA_TOTP_TOLERANCE = 1  # a code typed as it changes is still taken
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = SITE_URL.startswith("http://")
MFA_FORMS = {
    "authenticate": "members.accounts.forms.AuthenticateForm",
    "reauthenticate": "members.accounts.forms.SecondStepReauthenticateForm",
    "activate_totp": "members.accounts.forms.ActivateTOTPForm",
    "add_webauthn": "members.accounts.forms.AddPasskeyForm",
    "edit_webauthn": "members.accounts.forms.EditPasskeyForm",
    "authenticate_webauthn": "members.accounts.forms.UsePasskeyForm",
    "login_webauthn": "members.accounts.forms.LoginPasskeyForm",
    "reauthenticate_webauthn": "members.accounts.forms.ReauthenticatePasskeyForm",
}
PASSWORD_RESET_TIMEOUT = 24 * 3600
USERSESSIONS_TRACK_ACTIVITY = False  # a row written at every page would make every GET write

SESSION_ENGINE = "django.contrib.sessions.backends.db"  # a copy in the cache would outlive a sign-out that the cache missed
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True

# Every cookie of ours is named here. Behind HTTPS a browser takes one with this prefix from this very host alone, and only
# over HTTPS: neither a sibling domain nor a forged answer over HTTP can slip another in.
COOKIE_PREFIX = "__Host-" if IS_HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}django_language"
MESSAGES_COOKIE_NAME = f"{COOKIE_PREFIX}messages"
FAVOURITES_COOKIE_NAME = f"{COOKIE_PREFIX}favoris"
KNOWN_BROWSER_COOKIE_NAME = f"{COOKIE_PREFIX}known_browser"
MESSAGE_STORAGE = "sohosolo.safety.Messages"

# ---- Safety of the pages ---------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("BEHIND_PROXY") else None
SECURE_SSL_REDIRECT = flag("SSL_REDIRECT", True) and IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = flag("HSTS_SUBDOMAINS", True)
CSRF_FAILURE_VIEW = "sohosolo.views.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # a longer file goes to the disk as it comes
DATA_UPLOAD_MAX_NUMBER_FILES = 2  # no form asks for more than one

# ---- Language and time -----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]  # a catalogue of each stands in `locale/`, but of English, which the code says
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = TERRITORY.time_zone
USE_TZ = True
USE_THOUSAND_SEPARATOR = False  # pages ask for it with `|number`: keys, years and addresses must stay plain digits
FORMAT_MODULE_PATH = "sohosolo.formats"
PHONENUMBER_DEFAULT_REGION = TERRITORY.country

# ---- Files -----------------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(text("MEDIA_ROOT", str(STATE_DIR / "media")))
STATIC_MANIFEST = flag("STATIC_MANIFEST", not (DEMO or DEBUG))  # hashed names, after `collectstatic`
STATIC_ROOT = BASE_DIR / "staticfiles" if STATIC_MANIFEST else None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_MANIFEST
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not STATIC_MANIFEST

# ---- Letters and tasks -----------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = installation.sender(TERRITORY.sender)
SECURITY_CONTACT = installation.security_contact(DEFAULT_FROM_EMAIL)  # who has found a weakness writes there
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAIL_DIR = Path(text("MAIL_DIR", str(STATE_DIR / "mail")))
if DEMO:
    EMAIL_BACKEND = "outbox.backends.FolderBackend"
else:
    vars().update(installation.mail())
EMAIL_TIMEOUT = 20

CELERY_BROKER_URL = installation.broker_url(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker as long as it takes
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "socket_connect_timeout": 1, "socket_timeout": 2}  # seconds
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_EXPIRES = None  # none is kept: beat need not add a task of its own that cleans them up
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "sohosolo.clock:Scheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 60  # seconds; within these a clock put right is noticed

# ---- What the house may tune -----------------------------------------------------------------------------------------

DIGEST_AT = (7, 30)  # hour and minute, in TIME_ZONE, of the advisers' one mail a day
UNASSIGNED_FILE_AFTER_DAYS = 1  # working days before a file without adviser is told to the team
UNASSIGNED_FILE_LEAD_AFTER_DAYS = 3
TASK_REMINDER_BEFORE_DAYS = 1
TASK_REMINDER_EVERY_DAYS = 7
TASK_POSTPONED_TOO_OFTEN = 3
TASK_LATE_TOO_MANY = 10
BOOKING_REMINDER_BEFORE_HOURS = 24
BOOKING_WAIT_SECONDS = 3  # of a booking, while others book at the same place, before it is told to press again
WAITING_HOLD_SHARE = 0.25  # of the time until a freed place begins: no longer is it held for the first in line
OUTBOX_PAUSES_MINUTES = (1, 2, 5, 15, 30, 60, 120, 240)  # between attempts at a letter; the last one repeats
OUTBOX_GIVE_UP_AFTER_HOURS = 72  # from the first attempt
OUTBOX_UNANSWERED_AT_MOST = 3  # attempts of which nobody knows whether they arrived, before a person decides
OUTBOX_SWEEP_SECONDS = 45  # of one sweep; the next tick goes on with what is left
OUTBOX_CLAIM_LOST_AFTER_MINUTES = 10  # longer than a task may live: a claim this old has no worker

# ---- Logs: what happened, never to whom ------------------------------------------------------------------------------

SERVER_TIMING = flag("SERVER_TIMING", DEMO or DEBUG)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"discreet": {"()": "sohosolo.logs.Discreet"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "discreet"}},
    "root": {"handlers": ["console"], "level": installation.log_level()},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},  # Django's own would also mail tracebacks with the values in them
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
    },
}
