// What the CPU families' Winograd schedules share: all but the order of the product's sum.
#pragma once

#include "schedules/schedule.hpp"

namespace convforge {

/// Per task (rows of tiles of one group of one image; where blocks of output channels are the tasks, V is of
/// the whole image, made beforehand in tasks of a row of tiles, and shared):
///
///   for y, c            rows of tiles, some input channels
///     transform down, a whole row of the image                           (L1)
///     for tile, transform along and store V                              (L2)
///   for b               blocks of output channels
///     for p, q          points: M = V U, register tiles of tiles x channels, both streamed from L2
///     for y, x          tiles
///       for pass, k     transform M down and along, epilogue, store: rows of outputs, every passes-th
///
/// Where last tiles take fewer points (WinogradTails) c is outermost in the input's transform: all rows are
/// transformed down, then all tiles along, and blocks of channels share it out.
///
/// `input_lanes`: the vectors of the input's transform, a divisor of the plan's.
void schedule_winograd_loops(Winograd &w, const Problem &problem, const Plan &plan, int input_lanes);

} // namespace convforge
