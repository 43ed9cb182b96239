// The choices of a plan as users read them.
#include "plan/plan.hpp"

namespace convforge {

std::string name_of(Algorithm algorithm) {
  switch (algorithm) {
  case Algorithm::direct:
    return "direct";
  case Algorithm::pointwise:
    return "pointwise";
  case Algorithm::depthwise:
    return "depthwise";
  case Algorithm::winograd:
    return "winograd";
  }
  return "unknown";
}

std::string name_of(VectorAxis axis) {
  switch (axis) {
  case VectorAxis::channel:
    return "channel";
  case VectorAxis::width:
    return "width";
  case VectorAxis::input_channel:
    return "input_channel";
  }
  return "unknown";
}

std::string name_of(Planes planes) {
  switch (planes) {
  case Planes::taps:
    return "taps";
  case Planes::channels:
    return "channels";
  case Planes::gathered:
    return "gathered";
  }
  return "unknown";
}

std::string name_of(ParallelAxis axis) {
  switch (axis) {
  case ParallelAxis::none:
    return "none";
  case ParallelAxis::pixels:
    return "pixels";
  case ParallelAxis::channels:
    return "channels";
  }
  return "unknown";
}

} // namespace convforge
