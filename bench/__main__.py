"""Run every measurement."""

from bench import capital, filing, irb, reports, rooms, simulate, workflow

simulate.main(simulate.DEFAULT_SIZES)
irb.main(irb.DEFAULT_SIZE)
capital.main(capital.DEFAULT_SIZE)
filing.main(10_000)
rooms.main(5)
reports.main(5)
workflow.main(1.0)
