#include "race_turn.hpp"

namespace convforge {

PerProcess<RaceTurn> &race_turn() {
  // Never destroyed: a Jit that is static may still measure when the process ends.
  static auto *const turn = new PerProcess<RaceTurn>(std::in_place);
  return *turn;
}

} // namespace convforge
