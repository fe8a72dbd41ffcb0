"""Run every measurement."""

from bench import filing, irb, rooms, simulate

simulate.main(simulate.DEFAULT_SIZES)
irb.main(irb.DEFAULT_SIZE)
filing.main(10_000)
rooms.main(5)
