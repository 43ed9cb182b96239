#include "plan/used_channels.hpp"

#include <algorithm>

namespace convforge {

namespace {

/// Of a group's channels, those that are not zero; `all` where zeros are kept.
std::vector<int> used_of_group(int group, int channels, const std::vector<int> &zeros, bool all) {
  std::vector<int> used;
  for (int channel = group * channels; channel < (group + 1) * channels; channel++)
    if (all || !std::ranges::binary_search(zeros, channel))
      used.push_back(channel);
  return used;
}

/// Of every group; as many of each, filled up by zeros.
std::vector<std::vector<int>> used_of_groups(const std::vector<int> &groups, int channels,
                                             const std::vector<int> &zeros, bool all) {
  std::vector<std::vector<int>> used;
  std::size_t most = 1;
  for (const int group : groups) {
    used.push_back(used_of_group(group, channels, zeros, all));
    most = std::max(most, used.back().size());
  }
  for (std::size_t i = 0; i < groups.size(); i++) {
    for (int channel = groups[i] * channels; used[i].size() < most; channel++)
      if (std::ranges::binary_search(zeros, channel))
        used[i].push_back(channel);
    std::ranges::sort(used[i]);
  }
  return used;
}

std::vector<int> joined(const std::vector<std::vector<int>> &parts) {
  std::vector<int> all;
  for (const std::vector<int> &part : parts)
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

std::vector<int> used_groups(const Problem &problem, const Plan &plan) {
  const ZeroWeights &zeros = problem.zeros;
  std::vector<int> groups;
  for (int g = 0; g < problem.groups; g++)
    if (!plan.gathers_input || !plan.spreads_output ||
        (!used_of_group(g, problem.group_in(), zeros.in_channels, false).empty() &&
         !used_of_group(g, problem.group_out(), zeros.out_channels, false).empty()))
      groups.push_back(g);
  return groups;
}

/// `numbers`, and behind them the rest of [0, count).
std::vector<int> first_of_all(std::vector<int> numbers, int count) {
  std::vector<bool> used(static_cast<std::size_t>(count));
  for (const int number : numbers)
    used[number] = true;
  for (int number = 0; number < count; number++)
    if (!used[number])
      numbers.push_back(number);
  return numbers;
}

/// Of one used group: its channels, the used ones first, counted within the group.
std::vector<int> order_of_group(const std::vector<int> &used, int number, int kept, int group, int channels) {
  std::vector<int> first;
  for (int i = 0; i < kept; i++)
    first.push_back(used[number * kept + i] - group * channels);
  return first_of_all(first, channels);
}

} // namespace

const Plan &leaving_out(const Plan &plan) {
  const auto piece = std::ranges::find_if(plan.pieces, &Plan::leaves_out_channels);
  return piece == plan.pieces.end() ? plan : *piece;
}

UsedChannels used_channels(const Problem &problem, const Plan &plan) {
  const std::vector<int> groups = used_groups(problem, plan);
  const ZeroWeights &zeros = problem.zeros;
  return {static_cast<int>(groups.size()),
          joined(used_of_groups(groups, problem.group_in(), zeros.in_channels, !plan.gathers_input)),
          joined(used_of_groups(groups, problem.group_out(), zeros.out_channels, !plan.spreads_output))};
}

Problem used_problem(const Problem &problem, const Plan &plan) {
  if (!plan.leaves_out_channels())
    return problem;
  const UsedChannels used = used_channels(problem, plan);
  Problem smaller = problem;
  smaller.groups = used.groups;
  smaller.in_channels = static_cast<int>(used.input.size());
  smaller.out_channels = static_cast<int>(used.output.size());
  smaller.strides = {};
  smaller.zeros.in_channels = smaller.zeros.out_channels = {};
  return smaller;
}

std::vector<int> sums_of_outputs(const Problem &problem, const UsedChannels &used) {
  std::vector<int> sums(static_cast<std::size_t>(problem.out_channels), -1);
  for (std::size_t i = 0; i < used.output.size(); i++)
    sums[used.output[i]] = static_cast<int>(i);
  return sums;
}

std::vector<std::size_t> used_weights_first(const Problem &problem, const Plan &plan) {
  const UsedChannels used = used_channels(problem, leaving_out(plan));
  const WeightsStrides stride = weights_strides(problem);
  const int group_in = problem.group_in(), group_out = problem.group_out();
  const int kept_in = static_cast<int>(used.input.size()) / used.groups;
  const int kept_out = static_cast<int>(used.output.size()) / used.groups;
  const int rows = problem.height().kernel, columns = problem.width().kernel;
  const auto taps = static_cast<int>(problem.volume(&Axis::kernel));
  std::vector<std::size_t> places(static_cast<std::size_t>(taps) * group_in * problem.out_channels);
  for (std::size_t i = 0; i < places.size(); i++)
    places[i] = i;
  for (int g = 0; g < used.groups; g++) {
    const int group = used.input[g * kept_in] / group_in;
    const std::vector<int> in = order_of_group(used.input, g, kept_in, group, group_in);
    const std::vector<int> out = order_of_group(used.output, g, kept_out, group, group_out);
    for (int tap = 0; tap < taps; tap++) {
      const std::int64_t at = tap / (rows * columns) * stride.tap[0] + tap / columns % rows * stride.tap[1] +
                              tap % columns * stride.tap[2];
      for (int c = 0; c < group_in; c++)
        for (int k = 0; k < group_out; k++)
          places[g * stride.group + at + c * stride.c + k * stride.k] =
              static_cast<std::size_t>(group * stride.group + at + in[c] * stride.c + out[k] * stride.k);
    }
  }
  return places;
}

} // namespace convforge
