"""Schedules: reports that run by themselves, as their owner, exactly once each time they are due."""

from harbour.scheduling.clock import Clock
from harbour.scheduling.schedules import Attempt, Fire, Plan, Schedule, Schedules
from harbour.scheduling.timing import PERIODS, Timing

__all__ = ["PERIODS", "Attempt", "Clock", "Fire", "Plan", "Schedule", "Schedules", "Timing"]
