"""Run every measurement that needs nothing but the library."""

from bench import filing, simulate

simulate.main(simulate.DEFAULT_SIZES)
filing.main(10_000)
