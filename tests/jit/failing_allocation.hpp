// operator new of a program that has failing_allocation.cpp: one allocation of a thread can be made to fail.
#pragma once

namespace convforge {

/// The allocation of this thread that fails, counted from now on: 0 is the next one.
void fail_allocation(long number);
/// Ends that. Answers whether it came to it.
bool allocation_failed();

} // namespace convforge
