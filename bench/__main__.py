"""Run every measurement."""

from bench import filing, rooms, simulate

simulate.main(simulate.DEFAULT_SIZES)
filing.main(10_000)
rooms.main(5)
