"""One theme for every surface: tokens, figures, words, the load-line gauge, the page."""

from dashboards.theme.gauge import LARGE, SMALL, Mark, Standing, Style, gauge_svg, marks_of, standing
from dashboards.theme.tokens import colour, contrast, mark_svg, rooms_css, tokens, tokens_css
from dashboards.theme.words import Words, choose_language, words

__all__ = [
    "LARGE",
    "SMALL",
    "Mark",
    "Standing",
    "Style",
    "Words",
    "choose_language",
    "colour",
    "contrast",
    "gauge_svg",
    "mark_svg",
    "marks_of",
    "rooms_css",
    "standing",
    "tokens",
    "tokens_css",
    "words",
]
