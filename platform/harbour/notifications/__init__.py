"""Notices: what a member is told, in the rooms, by mail and in his team's channel."""

from harbour.notifications.mail import MailServer, mail_server_of
from harbour.notifications.notices import Notice, Notices, Preferences
from harbour.notifications.post import Post, Standing, standing_of
from harbour.notifications.sentences import Told, tell_in

__all__ = [
    "MailServer",
    "Notice",
    "Notices",
    "Post",
    "Preferences",
    "Standing",
    "Told",
    "mail_server_of",
    "standing_of",
    "tell_in",
]
