"""The Campaign page to the eye: it can be read in either theme and on a phone."""

import re

import numpy as np
import pytest

from churn_core.campaign.plan import Plan
from churn_core.charts.theme import DARK, LIGHT
from tests.browser.live.conftest import (
    assert_as_python,
)

LOOKS = """(root) => {
    const look = (element) => {
        const style = getComputedStyle(element)
        return {
            text: element.textContent, color: style.color, fill: style.fill, stroke: style.stroke, opacity: Number(style.opacity),
        }
    }
    return {
        background: getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor,
        words: [...root.querySelectorAll('h1, b, label, output, small, dt, dd')].map(look),
        inChart: [...root.querySelectorAll('svg text')].map(look),
        curve: look(root.querySelector('polyline')),
        zero: [...root.querySelectorAll('svg line')].map(look).map((line) => line.stroke),
    }
}"""


def rgb(color: str) -> np.ndarray:
    if color.startswith("#"):
        return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)], dtype=float)
    return np.array([float(part) for part in re.findall(r"[\d.]+", color)[:3]])


def contrast(color: str, background: str, opacity: float = 1.0) -> float:
    """Of WCAG: 4.5 for text to be read, 3 for a line to be seen."""

    def luminance(channels: np.ndarray) -> float:
        share = channels / 255
        linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    behind = rgb(background)
    lights = sorted([luminance(opacity * rgb(color) + (1 - opacity) * behind), luminance(behind)])
    return (lights[1] + 0.05) / (lights[0] + 0.05)


@pytest.mark.parametrize(("scheme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_either_theme_can_be_read(opened, scheme, palette):
    looks = opened(color_scheme=scheme).open().root.evaluate(LOOKS)
    assert (rgb(looks["background"]).mean() < 60) == (scheme == "dark")
    assert (rgb(looks["curve"]["stroke"]) == rgb(palette.chosen)).all()
    drawn = {tuple(rgb(color)) for color in looks["zero"]}
    assert drawn <= {tuple(rgb(color)) for color in (palette.grid, palette.quiet, palette.reference, palette.stayed)}
    assert contrast(looks["curve"]["stroke"], looks["background"]) >= 3
    faint = {
        part["text"].split("\n")[0][:40]: round(ratio, 2)
        for part, color in [(p, p["color"]) for p in looks["words"]] + [(p, p["fill"]) for p in looks["inChart"]]
        if (ratio := contrast(color, looks["background"], part["opacity"])) < 4.5
    }
    assert faint == {}


@pytest.mark.parametrize("cost", [10, 300])
def test_a_phone_shows_all_of_it_without_scrolling_sideways(opened, trained, cost):
    front = opened(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).open(f"?retention_cost={cost}")
    assert front.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    beyond = front.root.evaluate(
        """(root) => {
            const [page, svg] = [document.documentElement, root.querySelector('svg')].map((e) => e.getBoundingClientRect())
            const outside = (of, by) => [...root.querySelectorAll(of)].filter((element) => {
                const box = element.getBoundingClientRect()
                return box.left < by.left - 1 || box.right > by.right + 1
            }).map((element) => element.tagName + ' ' + element.textContent.trim().slice(0, 30))
            return [...outside('h1, input, label, dl > div, .chart, svg', page), ...outside('svg *', svg)]
        }"""
    )
    assert beyond == []
    before = front.seen()["headline"]
    front.page.touchscreen.tap(*front.at("success_rate", 0.9))
    front.page.wait_for_function("location.search.includes('success_rate')")
    seen = front.settled().seen()
    assert seen["headline"] != before
    assert_as_python(seen, trained, Plan())
