# SPDX-License-Identifier: EUPL-1.2
"""What a first visit costs, as Chromium receives it: compressed, fonts and all."""

import gzip

import pytest

FIRST_VISIT = 130_000
STYLE = SCRIPT = 25_000
A_YEAR = 365 * 24 * 3600


#: Where people come in from a link or a search engine.
ENTRANCES = ("/cursussen/", "/tjc-week/", "/kennisvragen/", "/bereik/", "/bereik/open-data/")


def loaded(visitor, url):
    """(kind, url, octets over the wire, headers, body) of everything that a first visit there loads."""
    responses = []
    visitor.on("response", lambda response: responses.append(response))  # noqa: PLW0108 - Playwright marks the function
    visitor.goto(url, wait_until="networkidle")
    found = []
    for response in responses:
        sizes = response.request.sizes()
        weight = sizes["responseBodySize"] + sizes["responseHeadersSize"]
        kind = response.request.resource_type
        found.append((kind, response.url, weight, response.headers, response.body()))
    return found


@pytest.fixture
def visit(visitor, product):
    return loaded(visitor, product.url + "/cursussen/")


@pytest.mark.parametrize("path", ENTRANCES)
def test_first_visit_is_light(visitor, product, path):
    visit = loaded(visitor, product.url + path)
    sizes = {url.rsplit("/", 1)[-1]: size for _, url, size, _, _ in visit if "/demo/" not in url}
    assert {"stylesheet", "script", "font", "document"} <= {kind for kind, *_ in visit}
    assert sum(sizes.values()) <= FIRST_VISIT, sizes


@pytest.mark.parametrize(("kind", "most"), [("stylesheet", STYLE), ("script", SCRIPT)])
def test_styles_and_scripts_are_light(visit, kind, most):
    sizes = {url: len(gzip.compress(body)) for one, url, _, _, body in visit if one == kind}
    assert 0 < sum(sizes.values()) <= most, sizes


def test_text_comes_compressed(visit):
    plain = [
        url
        for kind, url, _, headers, _ in visit
        if kind in {"document", "stylesheet", "script"}
        and headers.get("content-encoding") not in {"gzip", "br"}
    ]
    assert plain == []


def test_what_has_a_hash_in_its_name_is_kept_for_good(visit):
    kept = {
        url: headers.get("cache-control", "")
        for _, url, _, headers, _ in visit
        if "/static/" in url
    }
    assert len(kept) >= 4
    for url, header in kept.items():
        words = header.replace(" ", "").split(",")
        age = next(int(word.split("=")[1]) for word in words if word.startswith("max-age="))
        assert "immutable" in words and age >= A_YEAR, (url, header)


def test_a_page_is_not_kept_for_others(visitor, product):
    """A page knows who looks at it: no shared cache may keep it."""
    answer = visitor.goto(product.url + "/cursussen/")
    assert "public" not in answer.headers.get("cache-control", "")
