"""The test kit: a clock one can move, fakes that keep the real promises, real servers, and walkers over rules."""
