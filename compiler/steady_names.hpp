// Names of Halide's temporaries that sort alike in every compilation, so that equal plans make equal bytes.
#pragma once

namespace convforge {

/// While one of these lives, a kernel is compiled. Halide numbers its temporaries through the life of a
/// process (t99, t100) and sorts some of what it makes of them by name: a compilation that begins with fewer
/// digits than it ends with may order instructions in another way (seen in one of 56 kernels that were made
/// to meet 9,999 and 10,000 somewhere). The first of several that would come near such a number passes over
/// it. Where compilations overlap without end, one of them may meet it all the same.
class SteadyNames {
public:
  SteadyNames();
  ~SteadyNames();
  SteadyNames(const SteadyNames &) = delete;
  SteadyNames &operator=(const SteadyNames &) = delete;
};

} // namespace convforge
