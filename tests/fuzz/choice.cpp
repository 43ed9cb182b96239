// Choices of plans in the disk cache.
#include "choice.hpp"
#include "fuzz/fuzz_target.hpp"

#include <algorithm>

namespace convforge::fuzz {
namespace {

const Problem &problem() {
  static const Problem value = Problem::parse("ic3ih8oc8kh3ph1");
  return value;
}

const std::vector<Candidate> &proposed() {
  static const std::vector<Candidate> value = candidates(problem(), find_target("x86-64-avx2"));
  return value;
}

} // namespace

void check(Input input) {
  const KeyedChoice read = decode_choice(input);
  require(std::ranges::equal(encode_choice(read.key, read.choice), input), "a choice has one encoding");
  const auto plan = chosen_plan(read.choice, proposed(), "haswell");
  require(!plan || name_in_choice(*plan) == read.choice.plan, "the plan is the one that it names");
}

} // namespace convforge::fuzz
