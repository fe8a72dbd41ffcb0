"""Run every measurement."""

from bench import capital, irb, reports, returns, rooms, simulate, workflow

simulate.main(simulate.DEFAULT_SIZES)
irb.main(irb.DEFAULT_SIZE)
capital.main(capital.DEFAULT_SIZE)
returns.main(10_000)
rooms.main(5)
reports.main(5)
workflow.main(1.0)
