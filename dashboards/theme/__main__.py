"""Write the Hub's style sheet from the tokens: `python -m dashboards.theme`."""

from dashboards.theme.tokens import HUB_STYLE, hub_css

HUB_STYLE.write_text(hub_css(), encoding="utf-8")
