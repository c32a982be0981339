"""How Reflex builds and runs the app. What differs between places comes from the environment."""

import os
from pathlib import Path

import reflex as rx
from reflex_base.plugins.sitemap import SitemapPlugin

from digihelse_app.components.designsystemet.plugin import DesignsystemetPlugin
from digihelse_app.components.lean import LeanPlugin
from digihelse_app.components.pwa import PwaPlugin

BASE_URL = os.environ.get("DIGIHELSE_BASE_URL", "http://localhost:3000").rstrip("/")
REDIS_URL = os.environ.get("DIGIHELSE_REDIS_URL") or os.environ.get("REDIS_URL")
ABSOLUTE_SESSION_SECONDS = 60 * int(os.environ.get("DIGIHELSE_ABSOLUTE_MINUTES", "120"))

config = rx.Config(
    app_name="digihelse_app",
    api_url=BASE_URL,
    deploy_url=BASE_URL,
    # Exact: with the default "*" any site could call the app with the person's cookie.
    cors_allowed_origins=[BASE_URL],
    plugins=[
        DesignsystemetPlugin(),
        LeanPlugin(),
        PwaPlugin(catalogue=Path("digihelse_app/text/nb.toml")),
    ],
    disable_plugins=[SitemapPlugin],
    telemetry_enabled=False,
    show_built_with_reflex=False,
    # Never disk: it would leave health data in files.
    state_manager_mode="redis" if REDIS_URL else "memory",  # pyright: ignore[reportArgumentType]
    redis_url=REDIS_URL,
    redis_token_expiration=ABSOLUTE_SESSION_SECONDS,
    transport="websocket",
    trusted_proxy_hops=int(os.environ.get("DIGIHELSE_PROXY_HOPS", "0")),
    # Keeps optional libraries, web components among them, out of the first load.
    frontend_lazy_bundled_libraries=True,
    # Order is preference at equal weight. zstd files came out larger than gzip.
    frontend_compression_formats=["brotli", "gzip"],
    default_color_mode="system",
)
