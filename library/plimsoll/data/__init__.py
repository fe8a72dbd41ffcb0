"""The book: a reporting entity's position on a date, validated on the way in."""

from plimsoll.data.book import Book, Entity
from plimsoll.data.folder import save
from plimsoll.data.loading import load
from plimsoll.data.samples import SAMPLE_ENTITIES, sample_book
from plimsoll.data.transparency import load_transparency

__all__ = ["SAMPLE_ENTITIES", "Book", "Entity", "load", "load_transparency", "sample_book", "save"]
