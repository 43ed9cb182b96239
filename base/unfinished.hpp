// What is on the disk and must not stay there.
#pragma once

namespace convforge {

/// Part of an object that has a temporary file or directory until its destructor takes it away. While this
/// thread has one, memory that runs out must be an exception, whose way up finds the destructor: a program
/// that ends at once where it has no memory (cli/out_of_memory.hpp) asks first.
class Unfinished {
public:
  Unfinished() { count++; }
  ~Unfinished() { count--; }
  Unfinished(const Unfinished &) = delete;
  Unfinished &operator=(const Unfinished &) = delete;

  static bool any_of_this_thread() { return count > 0; }

private:
  static inline thread_local int count = 0;
};

} // namespace convforge
