"""Sign in as a person would."""

from __future__ import annotations

import secrets

from playwright.sync_api import Page


def sign_in(page: Page, platform, login: str) -> None:
    """Sign in with the one-time password the first time, and a new one chosen at once."""
    page.goto(f"{platform.address}/hub/login")
    page.fill("#username_input", login)
    first_time = login not in platform.chosen
    given = platform.one_time.pop(login) if first_time else platform.chosen[login]
    page.fill("#password_input", given)
    page.click("#login_submit")
    if first_time:
        platform.chosen[login] = secrets.token_urlsafe(12)
        page.wait_for_selector("#new_password_input")
        page.fill("#password_input", given)
        page.fill("#new_password_input", platform.chosen[login])
        page.fill("#new_password_again_input", platform.chosen[login])
        page.click("#login_submit")
    page.wait_for_url(lambda url: "/hub/login" not in url)
