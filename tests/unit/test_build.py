"""The build's own steps on small trees: what they write, and that they refuse what they do not know."""

import json
from pathlib import Path

import pytest

from digihelse_app.components import lean, pwa

ENVIRONMENT = "var e={EVENT:`ws://localhost:3000/_event`,PING:`http://localhost:3000/ping`};export{e as t};"


def built(root: Path, **pages: str) -> Path:
    """A build with `pages` by name and the file that holds the addresses."""
    (root / "assets").mkdir(parents=True)
    (root / "assets" / "reflex-env-abc.js").write_text(ENVIRONMENT)
    for name, text in pages.items():
        (root / f"{name}.html").write_text(text)
    return root


def test_addresses_come_from_the_page(tmp_path: Path):
    root = built(tmp_path / "client")
    pwa.make_relocatable(root)
    text = (root / "assets" / "reflex-env-abc.js").read_text()
    assert "localhost" not in text
    assert text.count("location.origin") == 2


def test_build_without_known_addresses_is_refused(tmp_path: Path):
    root = built(tmp_path / "client")
    (root / "assets" / "reflex-env-abc.js").write_text("export const e = 1")
    with pytest.raises(pwa.BuildError):
        pwa.make_relocatable(root)


def test_each_page_gets_the_hashes_of_its_own_inline_scripts(tmp_path: Path):
    root = built(
        tmp_path / "client",
        index="<script>one()</script><script src='/x.js'></script>",
        innboks="<script type='module'>two()</script>",
    )
    pwa.write_script_hashes(root)
    written = json.loads((tmp_path / pwa.CSP_FILE).read_text())
    assert {path: len(hashes) for path, hashes in written.items()} == {"/": 1, "/innboks": 1}
    assert written["/"] != written["/innboks"]


@pytest.mark.parametrize("page", ["<p style='x'></p>".replace("'", '"'), "<style>p{}</style>"])
def test_page_with_an_inline_style_is_refused(tmp_path: Path, page: str):
    with pytest.raises(pwa.BuildError):
        pwa.refuse_inline_style(built(tmp_path / "client", index=page))


def test_worker_gets_every_file_but_those_fetched_when_needed(tmp_path: Path):
    root = built(tmp_path / "client")
    (root / "assets" / "inter-latin-ext-abc.woff2").write_bytes(b"x")
    (root / pwa.OFFLINE_PAGE).write_text("offline")
    (root / "sw.js").write_text('const CACHE = "__VERSION__"; const FILES = __FILES__;')
    pwa.write_service_worker(root)
    files = (root / "sw.js").read_text().partition("FILES = ")[2].rstrip(";")
    assert json.loads(files) == ["/assets/reflex-env-abc.js", "/uten-nett.html"]


def test_aliases_are_added_once():
    config = "resolve: { alias: [\n ] }"
    once = lean.with_aliases(config)
    assert lean.with_aliases(once) == once
    assert once.count("find:") == len(lean.STAND_INS)


def test_unknown_configuration_is_refused():
    with pytest.raises(pwa.BuildError):
        lean.with_aliases("export default {}")


def test_style_prop_is_refused(tmp_path: Path):
    root = built(tmp_path / ".web" / "build" / "client")
    (tmp_path / ".web" / "app").mkdir()
    (tmp_path / ".web" / "app" / "page.jsx").write_text('jsx("p",{className:"a",css:({ ["x"] : 1 })})')
    with pytest.raises(pwa.BuildError):
        lean.LeanPlugin().post_build(static_dir=root)
