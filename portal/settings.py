"""Settings. Without any environment: the embedded default (SQLite, worker in the same process). With DATABASE_URL
naming PostgreSQL: the served mode. See docs/operations.md for every variable."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from portal.environment import (
    beside_broker,
    env,
    flag,
    mail,
    one_of,
    problems,
    rate,
    read,
    secret_key,
    stop_on_problems,
)

django_stubs_ext.monkeypatch()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)
DEFINITIONS_DIR = Path(env.str("DEFINITIONS_DIR", default=str(BASE_DIR / "submissions" / "definitions")))

# Mode -----------------------------------------------------------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", default="")
SERVED = DATABASE_URL.startswith("postgres")
if DATABASE_URL and not SERVED:
    problems.append("DATABASE_URL: names no PostgreSQL (postgres://…); leave it out for the embedded default")
DEMO = flag("DEMO", False)
if DEMO and SERVED and not flag("DEMO_IN_SERVED_MODE", False):
    problems.append("DEMO: demo users are refused in served mode; set DEMO_IN_SERVED_MODE=true as well to allow them")
DEBUG = False
SECRET_KEY = secret_key(SERVED, VAR_DIR)
ALLOWED_HOSTS: list[str] = read(env.list, "ALLOWED_HOSTS", [] if SERVED else ["127.0.0.1", "localhost", "[::1]"])
if SERVED and not ALLOWED_HOSTS:
    problems.append("ALLOWED_HOSTS: is not set; name the hosts that this portal answers for, separated by commas")
CSRF_TRUSTED_ORIGINS: list[str] = read(env.list, "CSRF_TRUSTED_ORIGINS", [])
HTTPS = flag("HTTPS", SERVED)

# Applications ---------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "oauth2_provider",  # before the portal, which takes its pages out of the administration
    "portal",
    "submissions",
    "reporting",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "django_htmx",
    "import_export",
    "axes",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Deny unless allowed: a view without @login_not_required needs a session.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "portal.rates.RateHeaders",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.navigation.page_frame",
            ],
        },
    }
]

# Database -------------------------------------------------------------------------------------------------
DATABASES: dict[str, dict[str, Any]]
if SERVED:
    DATABASES = {"default": environ.Env.db_url_config(DATABASE_URL)}
    DATABASES["default"]["OPTIONS"] = {
        "pool": {"min_size": 1, "max_size": read(env.int, "DATABASE_POOL", 8)},
        # Statements are prepared once a connection; planning a wide join anew costs more than running it.
        "server_side_binding": True,
        "prepare_threshold": 2,
        # To compile a statement takes 10 ms; none of ours runs so long that it would pay.
        "options": "-c jit=off",
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "portal.sqlite3",
            # IMMEDIATE takes the write lock at the start of a transaction: two writers queue instead of failing
            # half-way with "database is locked".
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People ---------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "portal.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "start"
AXES_USERNAME_FORM_FIELD = "username"  # the name of the field in the sign-in form, not of the model
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "locked.html"
AXES_VERBOSE = False
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Languages ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("da", _("Danish")), ("nl", _("Dutch"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Brussels"
USE_TZ = True
FORMAT_MODULE_PATH = ["portal.formats"]

# Files ----------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Files of figures that workers write and web processes send: both must see the folder.
    "exports": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "exports", "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MAX_UPLOAD_MB = read(env.int, "MAX_UPLOAD_MB", 200)
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_UPLOAD_MB * 1024 * 1024
PARSE_MEMORY_MB = read(env.int, "PARSE_MEMORY_MB", 600)
PARSE_SECONDS = read(env.int, "PARSE_SECONDS", 60)

# Publication ----------------------------------------------------------------------------------------------
# Counts of people below it are withheld in what everybody may read. "Fewer than 2" would say 1, so 1 and 2 are no choice.
DISCLOSURE_THRESHOLD = read(env.int, "DISCLOSURE_THRESHOLD", 5)
if DISCLOSURE_THRESHOLD < 0 or DISCLOSURE_THRESHOLD in (1, 2):
    problems.append(f"DISCLOSURE_THRESHOLD: '{DISCLOSURE_THRESHOLD}' is neither 0 (nothing is withheld) nor 3 or more")

# Everything that is public in one file, made every night. Web and worker share the folder.
DUMPS_DIR = Path(env.str("DUMPS_DIR", default=str(VAR_DIR / "dumps")))
DUMPS_KEPT = read(env.int, "DUMPS_KEPT", 30)
if DUMPS_KEPT < 1:
    problems.append(f"DUMPS_KEPT: '{DUMPS_KEPT}' keeps no dump; 1 or more")

# Mail -----------------------------------------------------------------------------------------------------
# Links in mails lead here.
SITE_URL = env.str(
    "SITE_URL", default=f"https://{ALLOWED_HOSTS[0]}" if SERVED and ALLOWED_HOSTS else "http://127.0.0.1:8000"
)
SITE_URL = SITE_URL.rstrip("/")
if not SITE_URL.startswith(("https://", "http://")):
    problems.append(f"SITE_URL: '{SITE_URL}' is no address such as https://portal.example.eu")
MAIL = mail("EMAIL_URL")
EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = (
    MAIL["EMAIL_BACKEND"],
    MAIL["EMAIL_HOST"] or "localhost",
    MAIL["EMAIL_PORT"] or 25,
)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL["EMAIL_HOST_USER"] or "", MAIL["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.get("EMAIL_USE_TLS", False), MAIL.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = MAIL["EMAIL_FILE_PATH"] or None
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="portal@localhost")

# Exports --------------------------------------------------------------------------------------------------
EXPORT_HOURS = read(env.int, "EXPORT_HOURS", 24)
EXPORT_AT_ONCE = read(env.int, "EXPORT_AT_ONCE", 100_000)
if EXPORT_HOURS < 1:
    problems.append(f"EXPORT_HOURS: '{EXPORT_HOURS}' is less than 1")

# Jobs -----------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="filesystem://")
JOB_HEARTBEAT_SECONDS = read(env.float, "JOB_HEARTBEAT_SECONDS", 1.0)
JOB_LOST_AFTER_SECONDS = read(env.int, "JOB_LOST_AFTER_SECONDS", 20)
JOB_MAX_ATTEMPTS = read(env.int, "JOB_MAX_ATTEMPTS", 5)
REAP_EVERY_SECONDS = read(env.int, "REAP_EVERY_SECONDS", 10)

# Cache ----------------------------------------------------------------------------------------------------
# Holds what web processes count together. Beside a broker on Redis it takes the next database there: emptying the cache
# must not empty the queue.
CACHE_URL = env.str("CACHE_URL", default=beside_broker(CELERY_BROKER_URL))
CACHES: dict[str, dict[str, Any]] = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if CACHE_URL:
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 1},
    }

# API ------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "portal.tokens.ClientAuthentication",
        "portal.tokens.UserAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["submissions.api.parsers.ExactJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "submissions.api.pagination.ByNewest",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["portal.rates.Throttle"],
    "EXCEPTION_HANDLER": "submissions.api.problems.as_problem",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
API_RATE_USER = rate("API_RATE_USER", "6000/min")
API_RATE_ANONYMOUS = rate("API_RATE_ANONYMOUS", "300/min")
OAUTH2_PROVIDER_APPLICATION_MODEL = "portal.ApiClient"
OAUTH2_PROVIDER = {
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "ACCESS_TOKEN_GENERATOR": "oauthlib.oauth2.rfc6749.tokens.random_token_generator",
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",  # client credentials and nothing else
    "OAUTH2_VALIDATOR_CLASS": "portal.tokens.ClientValidator",
    "SCOPES_BACKEND_CLASS": "portal.tokens.ClientScopes",
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,  # tokens are stored as hashes
    # Grants that this portal does not offer; the deployment checks want them closed all the same.
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
}
WEBHOOKS_TO_LOOPBACK = flag("WEBHOOKS_TO_LOOPBACK", False)
REST_KNOX = {"TOKEN_TTL": timedelta(days=365), "AUTH_HEADER_PREFIX": "Token"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Submissions portal",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": "Yearly reports under Regulation (EU) 2021/1232: file, check, read.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "submissions.api.schema.complete",
    ],
}
IMPORT_EXPORT_USE_TRANSACTIONS = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # kombu notes at every start that a folder has no host name.
    "loggers": {"kombu.connection": {"level": "ERROR"}},
    "root": {"handlers": ["console"], "level": one_of("LOG_LEVEL", ["WARNING", "INFO", "DEBUG", "ERROR", "CRITICAL"])},
}

stop_on_problems()
